-- Each gives the caller's role in the course, and touches nothing unless that is to teach it.

-- name: delete_content
select p.owner_id, p.course_id, p.role, d.version, d.version is not null as found
  from content_permission(%(kind)s, %(id)s, %(course_id)s, %(lesson_id)s) as p
 cross join lateral (
       select case when p.role in ('owner', 'admin', 'instructor')
                   then delete_part(%(kind)s, %(id)s, p.owner_id, %(deletion_id)s, %(if_match)s)
              end as version) as d

-- name: restore_content
select p.owner_id, p.course_id, p.role, c.locked, r.deletion_id, r.version, r.deletion_id is not null as found
  from content_permission(%(kind)s, %(id)s, %(course_id)s, %(lesson_id)s) as p
       left join lateral course_permission(p.course_id, %(limit)s) as c on true
       left join lateral restore_part(%(kind)s, %(id)s, p.owner_id, %(if_match)s) as r
              on p.role in ('owner', 'admin', 'instructor') and not c.locked

-- name: purge_content
select p.owner_id, p.course_id, p.role, r.version, r.purged, r.version is not null as found
  from content_permission(%(kind)s, %(id)s, %(course_id)s, %(lesson_id)s) as p
       left join lateral purge_part(%(kind)s, %(id)s, p.owner_id, %(if_match)s) as r
              on p.role in ('owner', 'admin', 'instructor')
