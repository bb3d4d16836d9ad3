-- name: delete_item
select kind, id, version
  from delete_task_item(%(kind)s, %(id)s, %(user_id)s, %(deletion_id)s, %(if_match)s)

-- name: purge_item
select kind, id, version
  from purge_task_item(%(kind)s, %(id)s, %(user_id)s, %(if_match)s, %(from_trash)s)

-- name: purge_course_items
select kind, id, version from purge_course_items(%(user_id)s, %(course_id)s)

-- By the deletion's id or an item's: one row for each item that came back, or one without an item
-- when a course or an assignment that these belong to is in the user's trash itself. A course that
-- they cannot bring back (somebody else's, or gone for good) holds nothing up.
-- name: restore_items
with wanted as (
    select deletion_id
      from task_item
     where user_id = %(user_id)s and deleted_at is not null
       and (deletion_id = %(deletion_id)s or id = %(id)s and kind = %(kind)s
            and (%(if_match)s::integer is null or version = %(if_match)s))
     limit 1
), deletion as (
    select i.deletion_id,
           not exists (select from task_item as j
                         join deleted_course as c on c.id = j.course_id and c.user_id = j.user_id
                        where j.user_id = %(user_id)s and j.deletion_id = i.deletion_id)
               as courses_open,
           not exists (select from assignment as a
                         join assignment as p on p.user_id = a.user_id and p.id = a.parent_id
                        where a.user_id = %(user_id)s and a.deletion_id = i.deletion_id
                          and p.deleted_at is not null
                          and p.deletion_id <> a.deletion_id) as parents_open
      from task_item as i join wanted as w on w.deletion_id = i.deletion_id
     where i.user_id = %(user_id)s
     group by i.deletion_id
)
select d.deletion_id, d.courses_open, d.parents_open, r.kind, r.id, r.version
  from deletion as d
       left join restore_task_deletion(%(user_id)s, (select deletion_id from deletion
                                                      where courses_open and parents_open))
                 as r on true

-- name: list_trash
-- sort -deleted_at: deleted_at
-- filter kind: kind = any(%(kind)s)
-- filter course_id: course_id = any(%(course_id)s)
select id, kind, course_id, title, version, created_at, deletion_id, deleted_at,
       deleted_at + make_interval(hours => %(hours)s) as purge_at
  from task_item
 where user_id = %(user_id)s and deleted_at is not null

-- name: list_deleted_things
-- sort -deleted_at: deleted_at
-- filter kind: kind = any(%(kind)s)
select id, kind, course_id, title, version, created_at, deletion_id, deleted_at,
       deleted_at + make_interval(hours => %(hours)s) as purge_at
  from deleted_thing
 where user_id = %(user_id)s and deleted_at is not null
