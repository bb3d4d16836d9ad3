-- name: preview_deletion
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, (select t.id from active_term as t
         where t.id = c.term_id and t.user_id = c.user_id) as term_id,
       c.tags, c.organization_id, c.user_id as owner_id, course_role(c.id) as role,
       c.user_id = %(user_id)s
           and course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at,
       to_jsonb(t) || count_parts('course', c.id, c.user_id) as taken
  from course as c
       cross join lateral course_items(c.id) as t
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = c.id
 where c.id = %(id)s and c.deleted_at is null and (select reads_course(%(id)s))
   and (%(if_match)s::integer is null or c.version = %(if_match)s)

-- With all that courses keeps under it. Its items follow with the same deletion id, by the event.
-- For another role than an owner's or admin's there is no version, as nothing went.
-- name: delete_course
with target as (
    select id, user_id, course_role(id) as role
      from course
     where id = %(id)s and deleted_at is null and (select reads_course(%(id)s))
       and (%(if_match)s::integer is null or version = %(if_match)s)
)
select user_id, role,
       case when role in ('owner', 'admin')
            then delete_part('course', id, user_id, %(deletion_id)s, %(if_match)s) end as version
  from target

-- name: list_deleted_courses
-- sort -deleted_at: deleted_at
select id, title, code, description, color, deletion_id, version, created_at, updated_at,
       deleted_at, deleted_at + make_interval(hours => %(trash_hours)s) as purge_at
  from course
 where user_id = %(user_id)s and deleted_at is not null

-- name: restore_course
with allowance as (
    select used, coalesce(used < %(limit)s, true) as within_limit
      from course_allowance(%(user_id)s, false)
), gone as (
    select id, deletion_id
      from course
     where id = %(id)s and user_id = %(user_id)s and deleted_at is not null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update course as c
       set deleted_at = null, deleted_by = null, deletion_id = null, updated_at = now(),
           version = c.version + 1,
           organization_id = case when c.organization_id = any(caller_ids('organization_ids'))
                                  then c.organization_id end
      from gone as g cross join allowance as a
     where c.id = g.id and c.user_id = %(user_id)s and a.within_limit
    returning c.*
), parts as (
    select restore_parts('course', g.deletion_id, %(user_id)s)
      from gone as g cross join allowance as a
     where a.within_limit
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, (select t.id from active_term as t
         where t.id = i.term_id and t.user_id = i.user_id) as term_id,
       i.tags, i.organization_id, i.user_id as owner_id, 'owner' as role,
       false as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       g.deletion_id as restored_deletion_id, a.within_limit, a.used
  from gone as g cross join allowance as a
       left join item as i on true
       left join parts on true
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = g.id

-- name: purge_course
with target as (
    select id, version, deleted_at
      from course
     where id = %(id)s and user_id = %(user_id)s
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), purged as (
    select purge_parts('course', array[id]) from target where deleted_at is not null
)
select case when t.deleted_at is not null then t.version end as version
  from target as t left join purged on true
