-- name: list_lessons
-- sort position: position
-- sort created_at: created_at
-- sort title: title
-- filter section_id: section_id = any(%(section_id)s)
-- filter lesson_type: lesson_type = any(%(lesson_type)s)
-- filter q: folded_words(search, title || ' ' || content)
--     @@ (select search_query(%(q)s))
-- include section: select id, title, position from section
--     where id = page.section_id and deleted_at is null
-- include enrichments: select id, type, status, created_at from enrichment
--     where lesson_id = page.id and deleted_at is null
--       and (status = 'completed' or (select teaches_course(%(course_id)s)))
--     order by created_at, id
select id, course_id, section_id, title, lesson_type, duration_minutes, position,
       coalesce((select p.percent_done from progress_record as p
                  where p.lesson_id = l.id and p.user_id = %(user_id)s
                    and p.deleted_at is null), 0) as percent_done,
       (select p.completed_at from progress_record as p
         where p.lesson_id = l.id and p.user_id = %(user_id)s
           and p.deleted_at is null) as completed_at,
       version, created_at, updated_at, deleted_at, null::timestamptz as purge_at
  from lesson as l
 where course_id = %(course_id)s and deleted_at is null
   and (select require_course(%(course_id)s))

-- name: get_lesson
-- include section: select id, title, position from section
--     where id = page.section_id and deleted_at is null
-- include enrichments: select id, type, status, created_at from enrichment
--     where lesson_id = page.id and deleted_at is null
--       and (status = 'completed' or (select teaches_course(%(course_id)s)))
--     order by created_at, id
select l.id, l.course_id, l.section_id, l.title, l.lesson_type, l.content, l.duration_minutes,
       l.position, coalesce(p.percent_done, 0) as percent_done, p.completed_at, l.version,
       l.created_at, l.updated_at, l.deleted_at, null::timestamptz as purge_at
  from lesson as l
       left join progress_record as p
              on p.lesson_id = l.id and p.user_id = %(user_id)s and p.deleted_at is null
 where l.id = %(id)s and l.course_id = %(course_id)s and l.deleted_at is null
   and (select reads_course(%(course_id)s))

-- All or none, in their order, each after the others of its section. Refused: one row without a
-- lesson says why.
-- name: create_lessons
with permitted as (
    select p.*,
           (select count(*) from lesson
             where course_id = %(course_id)s and deleted_at is null) + %(number)s <= %(most)s
               as room,
           not exists (select from jsonb_to_recordset(%(lessons)s::jsonb) as n (section_id uuid)
                        where n.section_id is not null
                          and not exists (select from section as s
                                           where s.id = n.section_id and s.deleted_at is null
                                             and s.course_id = %(course_id)s)) as sections_open
      from course_permission(%(course_id)s, %(limit)s) as p
), new as (
    select n.*, row_number() over () as number
      from jsonb_to_recordset(%(lessons)s::jsonb)
           as n (id uuid, section_id uuid, title text, lesson_type text, content text,
                 duration_minutes integer)
), item as (
    insert into lesson (id, user_id, course_id, section_id, title, lesson_type, content,
                        duration_minutes, position)
    select n.id, p.owner_id, %(course_id)s, n.section_id, n.title, n.lesson_type, n.content,
           n.duration_minutes,
           (select coalesce(max(l.position), 0) from lesson as l
             where l.course_id = %(course_id)s and l.deleted_at is null
               and l.section_id is not distinct from n.section_id)
           + row_number() over (partition by n.section_id order by n.number)
      from permitted as p cross join new as n
     where p.role in ('owner', 'admin', 'instructor') and not p.locked and p.room
       and p.sections_open
    returning *
)
select i.id, i.course_id, i.section_id, i.title, i.lesson_type, i.content, i.duration_minutes,
       i.position, 0 as percent_done, null::timestamptz as completed_at, i.version, i.created_at,
       i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.owner_id, p.role, p.locked, p.room, p.sections_open
  from permitted as p left join (item as i join new as n on n.id = i.id) on true
 order by n.number

-- In another section it comes after the others.
-- name: update_lesson
with target as (
    select l.id, p.owner_id, p.role, p.locked,
           %(section_id)s::uuid is null
           or exists (select from section as s
                       where s.id = %(section_id)s and s.course_id = %(course_id)s
                         and s.deleted_at is null) as sections_open,
           case when %(changes)s::jsonb ? 'section_id'
                     and l.section_id is distinct from %(section_id)s::uuid
                then (select coalesce(max(o.position), 0) + 1 from lesson as o
                       where o.course_id = %(course_id)s and o.deleted_at is null
                         and o.section_id is not distinct from %(section_id)s::uuid)
                else l.position end as position
      from lesson as l cross join course_permission(%(course_id)s, %(limit)s) as p
     where l.id = %(id)s and l.course_id = %(course_id)s and l.deleted_at is null
       and (%(if_match)s::integer is null or l.version = %(if_match)s)
), item as (
    update lesson as l
       set (section_id, title, lesson_type, content, duration_minutes, position, version,
            updated_at)
         = (select p.section_id, p.title, p.lesson_type, p.content, p.duration_minutes, t.position,
                   l.version + 1, now()
              from jsonb_populate_record(l, %(changes)s::jsonb) as p)
      from target as t
     where l.id = t.id and t.role in ('owner', 'admin', 'instructor') and not t.locked
       and t.sections_open and l.deleted_at is null
       and (%(if_match)s::integer is null or l.version = %(if_match)s)
       and %(changes)s::jsonb <> '{}'
    returning l.*
), now_is as (
    select * from item
    union all
    select l.* from lesson as l join target as t on t.id = l.id
     where l.deleted_at is null and not exists (select from item)
)
select n.id, n.course_id, n.section_id, n.title, n.lesson_type, n.content, n.duration_minutes,
       n.position, coalesce(p.percent_done, 0) as percent_done, p.completed_at, n.version,
       n.created_at, n.updated_at, n.deleted_at, null::timestamptz as purge_at,
       t.owner_id, t.role, t.locked, t.sections_open
  from target as t join now_is as n on n.id = t.id
       left join progress_record as p
              on p.lesson_id = n.id and p.user_id = %(user_id)s and p.deleted_at is null

-- Completed when it first gets to 100; less takes that back.
-- name: put_progress
with target as (
    select l.id, l.user_id, l.course_id, l.version, p.completed_at
      from lesson as l
           left join progress_record as p
                  on p.lesson_id = l.id and p.user_id = %(user_id)s and p.deleted_at is null
     where l.id = %(lesson_id)s and l.deleted_at is null
       and (select reads_course(l.course_id))
       and (%(if_match)s::integer is null or p.version = %(if_match)s)
), item as (
    insert into progress_record as p (id, user_id, owner_id, course_id, lesson_id, percent_done,
                                      seconds_spent, completed_at)
    select %(id)s, %(user_id)s, user_id, course_id, id, %(percent_done)s,
           coalesce(%(seconds_spent)s, 0), case when %(percent_done)s = 100 then now() end
      from target
    on conflict (lesson_id, user_id) where deleted_at is null do update
       set percent_done = excluded.percent_done,
           seconds_spent = coalesce(%(seconds_spent)s, p.seconds_spent),
           completed_at = case when excluded.percent_done = 100
                               then coalesce(p.completed_at, excluded.completed_at) end,
           version = p.version + 1, updated_at = now()
    returning *
)
select i.id, i.course_id, i.lesson_id, i.percent_done, i.seconds_spent, i.completed_at, i.version,
       i.created_at, i.updated_at, t.completed_at is not null as was_completed,
       t.version as lesson_version
  from item as i join target as t on t.id = i.lesson_id
