-- name: preview_deletion
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, c.tags,
       course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at,
       to_jsonb(t) || count_parts('course', c.id, c.user_id) as taken
  from course as c
       cross join lateral course_items(c.id) as t
       left join course_item_count as k on k.user_id = c.user_id and k.course_id = c.id
 where c.id = %(id)s and c.user_id = %(user_id)s and c.deleted_at is null
   and (%(if_match)s::integer is null or c.version = %(if_match)s)

-- With all that courses keeps under it. Its items follow with the same deletion id, by the event.
-- name: delete_course
with target as (
    select id, version + 1 as version
      from course
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), gone as (
    select soft_delete_record('course', id, %(user_id)s, %(deletion_id)s) as counts
      from target
)
select t.id, t.version
  from target as t cross join gone as g
 where g.counts <> '{}'

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
           version = c.version + 1
      from gone as g cross join allowance as a
     where c.id = g.id and c.user_id = %(user_id)s and a.within_limit
    returning c.*
), parts as (
    select restore_parts('course', g.deletion_id, %(user_id)s)
      from gone as g cross join allowance as a
     where a.within_limit
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, i.tags, false as locked,
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
