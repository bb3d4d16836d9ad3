-- Refused without a row of the item: the flags say why.
-- name: create_lecture
with permitted as (
    select * from task_permission(%(user_id)s, %(limit)s, %(course_id)s)
), item as (
    insert into lecture (id, user_id, course_id, title, description, kind, start_local, timezone,
                         starts_at, duration_minutes, recurrence, exdates, rdates, skips_breaks,
                         location, meeting_url, instructor_name, reminders)
    select %(id)s, %(user_id)s, %(course_id)s, %(title)s, %(description)s, %(kind)s,
           %(start_local)s::timestamp, %(timezone)s,
           %(start_local)s::timestamp at time zone %(timezone)s, %(duration_minutes)s,
           %(recurrence)s, %(exdates)s::timestamp[], %(rdates)s::timestamp[], %(skips_breaks)s,
           %(location)s, %(meeting_url)s, %(instructor_name)s, %(reminders)s::integer[]
      from permitted
     where within_limit and course_open
    returning *
), counted as (
    insert into task_creation (item_id, user_id) select id, user_id from item
)
select i.id, false as locked,
       i.course_id, i.title, i.description, i.kind, i.start_local, i.timezone, i.starts_at,
       i.duration_minutes, i.recurrence, i.exdates, i.rdates, i.skips_breaks,
       i.location, i.meeting_url, i.instructor_name, i.reminders,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.within_limit, p.course_open, p.used, p.resets_at,
       case when i.id is not null then plan_item('lecture', i.id, i.user_id) end as planned,
       told_reminders() as reminder_changes
  from permitted as p left join item as i on true

-- name: get_lecture
-- include course: select * from course_brief where id = page.course_id
select id, coalesce(created_at > now() - interval '30 days'
                and (created_at, id) < (select l.created_at, l.item_id
                                          from task_lock_line(%(user_id)s, %(limit)s) as l), false)
           as locked,
       course_id, title, description, kind, start_local, timezone, starts_at,
       duration_minutes, recurrence, exdates, rdates, skips_breaks, location, meeting_url,
       instructor_name, reminders, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from lecture
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: list_lectures
-- sort starts_at: starts_at
-- sort created_at: created_at
-- sort title: title
-- filter course_id: course_id = any(%(course_id)s)
-- filter kind: kind = any(%(kind)s)
-- filter recurring: (recurrence is not null or rdates <> '{}') = %(recurring)s
-- filter starts_after: starts_at >= %(starts_after)s
-- filter starts_before: starts_at < %(starts_before)s
-- filter q: folded_words(search, title || ' ' || description)
--     @@ (select search_query(%(q)s))
-- include course: select * from course_brief where id = page.course_id
select id, coalesce(created_at > now() - interval '30 days'
                and (created_at, id) < (select l.created_at, l.item_id
                                          from task_lock_line(%(user_id)s, %(limit)s) as l), false)
           as locked,
       course_id, title, description, kind, start_local, timezone, starts_at,
       duration_minutes, recurrence, exdates, rdates, skips_breaks, location, meeting_url,
       instructor_name, reminders, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from lecture
 where user_id = %(user_id)s and deleted_at is null

-- name: update_lecture
with before as (
    select id, task_is_locked(user_id, created_at, id, %(limit)s) as locked,
           %(course_id)s::uuid is null or course_is_open(%(course_id)s) as course_open
      from lecture
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update lecture as l
       set (course_id, title, description, kind, start_local, timezone, starts_at,
            duration_minutes, recurrence, exdates, rdates, skips_breaks, location, meeting_url,
            instructor_name, reminders, version, updated_at)
         = (select p.course_id, p.title, p.description, p.kind, p.start_local, p.timezone,
                   p.start_local at time zone p.timezone, p.duration_minutes, p.recurrence,
                   p.exdates, p.rdates, p.skips_breaks, p.location, p.meeting_url,
                   p.instructor_name, p.reminders, l.version + 1, now()
              from jsonb_populate_record(l, %(changes)s::jsonb) as p)
      from before as b
     where l.id = b.id and l.user_id = %(user_id)s and not b.locked
       and b.course_open
       and %(changes)s::jsonb <> '{}'
    returning l.*
), now_is as (
    select * from item
    union all
    select l.* from lecture as l join before as b on b.id = l.id
     where l.user_id = %(user_id)s and not exists (select from item)
)
select n.id, b.locked,
       case when b.locked then (select used from task_allowance(%(user_id)s)) end as used,
       n.course_id, n.title, n.description, n.kind, n.start_local, n.timezone, n.starts_at,
       n.duration_minutes, n.recurrence, n.exdates, n.rdates, n.skips_breaks,
       n.location, n.meeting_url, n.instructor_name, n.reminders,
       n.version, n.created_at, n.updated_at, n.deleted_at, null::timestamptz as purge_at,
       b.course_open, exists (select from item) as changed,
       case when exists (select from item) and %(changes)s::jsonb ?| %(scheduling)s
            then plan_item('lecture', n.id, n.user_id) end as planned,
       case when exists (select from item) and %(changes)s::jsonb ? 'reminders'
            then plan_reminders('lecture', n.id, n.user_id, p_anew => true) end as reminded,
       told_reminders() as reminder_changes
  from now_is as n join before as b on b.id = n.id
