-- Refused without a row of the item: the flags say why. What no series has planned is only reminded
-- of: plan_item would look for what a new item cannot have, at half the price of the whole
-- statement.
-- name: create_assignment
with permitted as (
    select *, %(parent_id)s::uuid is null
              or parent_is_open(%(user_id)s, %(parent_id)s, %(id)s) as parent_open
      from task_permission(%(user_id)s, %(limit)s, %(course_id)s)
), item as (
    insert into assignment (id, user_id, course_id, parent_id, title, description, due_at, due_on,
                            timezone, start_on, status, priority, estimated_minutes, percent_done,
                            points, score, weight, submission_method, submission_url, tags,
                            checklist, reminders, recurrence, exdates, rdates, completed_at)
    select %(id)s, %(user_id)s, %(course_id)s, %(parent_id)s, %(title)s, %(description)s,
           coalesce(%(due_at)s, (%(due_on)s::date + time '23:59:59') at time zone %(timezone)s),
           %(due_on)s, %(timezone)s, %(start_on)s, %(status)s, %(priority)s, %(estimated_minutes)s,
           %(percent_done)s, %(points)s, %(score)s, %(weight)s, %(submission_method)s,
           %(submission_url)s, %(tags)s, %(checklist)s::jsonb, %(reminders)s::integer[],
           %(recurrence)s, %(exdates)s::timestamp[], %(rdates)s::timestamp[],
           case when %(status)s in ('submitted', 'graded') then now() end
      from permitted
     where within_limit and course_open and parent_open
    returning *
), counted as (
    insert into task_creation (item_id, user_id) select id, user_id from item
), reminded as (
    insert into reminder (id, user_id, assignment_id, offset_minutes, occurs_at, remind_at)
    select uuid7(), user_id, id, minutes, due_at, due_at - make_interval(mins => minutes)
      from item cross join unnest(reminders) as minutes
     where recurrence is null and rdates = '{}'
       and status in ('todo', 'in_progress') and due_at - make_interval(mins => minutes) > now()
    returning id, remind_at
)
select i.id, false as locked,
       i.course_id, i.parent_id, i.title, i.description, i.due_at, i.due_on, i.timezone,
       i.start_on, i.status, i.priority, i.estimated_minutes, i.percent_done, i.points, i.score,
       i.weight, i.submission_method, i.submission_url, i.tags, i.checklist, i.recurrence,
       i.exdates, i.rdates, i.reminders, i.source, i.completed_at,
       coalesce(i.completed_at > i.due_at, false) as late,
       i.completed_at is null and i.due_at < now() and i.recurrence is null as missing,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.within_limit, p.course_open, p.parent_open, p.used, p.resets_at,
       case when i.recurrence is not null or i.rdates <> '{}'
            then plan_item('assignment', i.id, i.user_id) end as planned,
       (select jsonb_agg(r order by r.remind_at, r.id) from reminded as r) as reminded,
       told_reminders() as reminder_changes
  from permitted as p left join item as i on true

-- name: get_assignment
-- include course: select * from course_brief where id = page.course_id
-- include parent: select id, title, due_at, status from assignment
--     where user_id = %(user_id)s and id = page.parent_id and deleted_at is null
select id, coalesce(created_at > now() - interval '30 days'
                and (created_at, id) < (select l.created_at, l.item_id
                                          from task_lock_line(%(user_id)s, %(limit)s) as l), false)
           as locked,
       course_id, parent_id, title, description, due_at, due_on, timezone, start_on, status,
       priority, estimated_minutes, percent_done, points, score, weight, submission_method,
       submission_url, tags, checklist, recurrence, exdates, rdates, reminders, source,
       completed_at,
       coalesce(completed_at > due_at, false) as late,
       completed_at is null and due_at < now() and recurrence is null as missing,
       version, created_at, updated_at, deleted_at, null::timestamptz as purge_at
  from assignment
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: list_assignments
-- sort due_at: due_at
-- sort created_at: created_at
-- sort title: title
-- filter course_id: course_id = any(%(course_id)s)
-- filter status: status = any(%(status)s)
-- filter priority: priority = any(%(priority)s)
-- filter parent_id: parent_id = any(%(parent_id)s)
-- filter tags: tags && %(tags)s::text[]
-- filter submission_method: submission_method = any(%(submission_method)s)
-- filter missing: (completed_at is null and due_at < now() and recurrence is null) = %(missing)s
-- filter completed_after: completed_at >= %(completed_after)s
-- filter completed_before: completed_at < %(completed_before)s
-- filter due_after: due_at >= %(due_after)s
-- filter due_before: due_at < %(due_before)s
-- filter q: folded_words(search, title || ' ' || description)
--     @@ (select search_query(%(q)s))
-- include course: select * from course_brief where id = page.course_id
-- include parent: select id, title, due_at, status from assignment
--     where user_id = %(user_id)s and id = page.parent_id and deleted_at is null
select id, coalesce(created_at > now() - interval '30 days'
                and (created_at, id) < (select l.created_at, l.item_id
                                          from task_lock_line(%(user_id)s, %(limit)s) as l), false)
           as locked,
       course_id, parent_id, title, description, due_at, due_on, timezone, start_on, status,
       priority, estimated_minutes, percent_done, points, score, weight, submission_method,
       submission_url, tags, checklist, recurrence, exdates, rdates, reminders, source,
       completed_at,
       coalesce(completed_at > due_at, false) as late,
       completed_at is null and due_at < now() and recurrence is null as missing,
       version, created_at, updated_at, deleted_at, null::timestamptz as purge_at
  from assignment
 where user_id = %(user_id)s and deleted_at is null

-- Applies the changes to an assignment in one of the statuses `from_status`; in another one, and
-- where nothing is to change, it stays as it is. `was_done` tells whether done is new.
-- name: update_assignment
with before as (
    select id, task_is_locked(user_id, created_at, id, %(limit)s) as locked,
           status, completed_at,
           %(course_id)s::uuid is null or course_is_open(%(course_id)s) as course_open,
           parent_is_open(%(user_id)s, %(parent_id)s, id) as parent_open
      from assignment
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update assignment as a
       set (course_id, parent_id, title, description, due_at, due_on, timezone, start_on, status,
            priority, estimated_minutes, percent_done, points, score, weight, submission_method,
            submission_url, tags, checklist, recurrence, exdates, rdates, reminders, completed_at,
            version, updated_at)
         = (select p.course_id, p.parent_id, p.title, p.description,
                   case when p.due_on is null or %(changes)s::jsonb ->> 'due_at' is not null
                        then p.due_at
                        else (p.due_on + time '23:59:59') at time zone p.timezone end,
                   case when %(changes)s::jsonb ->> 'due_at' is null then p.due_on end,
                   p.timezone, p.start_on, p.status, p.priority, p.estimated_minutes,
                   p.percent_done, p.points, p.score, p.weight, p.submission_method,
                   p.submission_url, p.tags, p.checklist, p.recurrence,
                   p.exdates, p.rdates, p.reminders,
                   case when p.status in ('submitted', 'graded')
                        then coalesce(a.completed_at, now()) end,
                   a.version + 1, now()
              from jsonb_populate_record(a, %(changes)s::jsonb) as p)
      from before as b
     where a.id = b.id and a.user_id = %(user_id)s and not b.locked
       and b.course_open and b.parent_open
       and b.status = any(%(from_status)s) and %(changes)s::jsonb <> '{}'
    returning a.*
), now_is as (
    select * from item
    union all
    select a.* from assignment as a join before as b on b.id = a.id
     where a.user_id = %(user_id)s and not exists (select from item)
)
select n.id, b.locked,
       case when b.locked then (select used from task_allowance(%(user_id)s)) end as used,
       n.course_id, n.parent_id, n.title, n.description, n.due_at, n.due_on, n.timezone,
       n.start_on, n.status, n.priority, n.estimated_minutes, n.percent_done, n.points, n.score,
       n.weight, n.submission_method, n.submission_url, n.tags, n.checklist, n.recurrence,
       n.exdates, n.rdates, n.reminders, n.source, n.completed_at,
       coalesce(n.completed_at > n.due_at, false) as late,
       n.completed_at is null and n.due_at < now() and n.recurrence is null as missing,
       n.version, n.created_at, n.updated_at, n.deleted_at, null::timestamptz as purge_at,
       b.course_open, b.parent_open, b.completed_at is not null as was_done,
       exists (select from item) as changed,
       case when exists (select from item) and %(changes)s::jsonb ?| %(scheduling)s
            then plan_item('assignment', n.id, n.user_id) end as planned,
       case when exists (select from item) and %(changes)s::jsonb ? 'reminders'
            then plan_reminders('assignment', n.id, n.user_id, p_anew => true) end as reminded,
       told_reminders() as reminder_changes
  from now_is as n join before as b on b.id = n.id
