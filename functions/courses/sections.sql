-- name: list_sections
-- sort position: position
-- sort created_at: created_at
select id, course_id, title, description, position, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from section
 where course_id = %(course_id)s and deleted_at is null
   and (select require_course(%(course_id)s))

-- name: get_section
select id, course_id, title, description, position, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from section
 where id = %(id)s and course_id = %(course_id)s and deleted_at is null
   and (select reads_course(%(course_id)s))

-- Refused without a row of the section: role, `locked` and `room` say why.
-- name: create_section
with permitted as (
    select * from course_permission(%(course_id)s, %(limit)s)
), place as (
    select count(*) < %(most)s as room, coalesce(max(position), 0) + 1 as position
      from section
     where course_id = %(course_id)s and deleted_at is null
), item as (
    insert into section (id, user_id, course_id, title, description, position)
    select %(id)s, p.owner_id, %(course_id)s, %(title)s, %(description)s, n.position
      from permitted as p cross join place as n
     where p.role in ('owner', 'admin', 'instructor') and not p.locked and n.room
    returning *
)
select i.id, i.course_id, i.title, i.description, i.position, i.version, i.created_at,
       i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.owner_id, p.role, p.locked, n.room
  from permitted as p cross join place as n left join item as i on true

-- name: update_section
with target as (
    select s.id, p.owner_id, p.role, p.locked
      from section as s cross join course_permission(%(course_id)s, %(limit)s) as p
     where s.id = %(id)s and s.course_id = %(course_id)s and s.deleted_at is null
       and (%(if_match)s::integer is null or s.version = %(if_match)s)
), item as (
    update section as s
       set (title, description, version, updated_at)
         = (select p.title, p.description, s.version + 1, now()
              from jsonb_populate_record(s, %(changes)s::jsonb) as p)
      from target as t
     where s.id = t.id and t.role in ('owner', 'admin', 'instructor') and not t.locked
       and (%(if_match)s::integer is null or s.version = %(if_match)s)
       and s.deleted_at is null and %(changes)s::jsonb <> '{}'
    returning s.*
), now_is as (
    select * from item
    union all
    select s.* from section as s join target as t on t.id = s.id
     where s.deleted_at is null and not exists (select from item)
)
select n.id, n.course_id, n.title, n.description, n.position, n.version, n.created_at,
       n.updated_at, n.deleted_at, null::timestamptz as purge_at, t.owner_id, t.role, t.locked
  from target as t join now_is as n on n.id = t.id
