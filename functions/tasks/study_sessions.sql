-- Refused without a row of the item: the flags say why.
-- name: create_study_session
with permitted as (
    select *, %(assignment_id)s::uuid is null
              or exists (select from assignment
                          where id = %(assignment_id)s and user_id = %(user_id)s
                            and deleted_at is null) as assignment_open
      from task_permission(%(user_id)s, %(limit)s, %(course_id)s)
), item as (
    insert into study_session (id, user_id, course_id, assignment_id, topic, notes, starts_at,
                               ends_at, technique, confidence, difficulty, spaced_repetition,
                               reminders)
    select %(id)s, %(user_id)s, %(course_id)s, %(assignment_id)s, %(topic)s, %(notes)s,
           %(starts_at)s, %(ends_at)s, %(technique)s, %(confidence)s, %(difficulty)s,
           %(spaced_repetition)s, %(reminders)s::integer[]
      from permitted
     where within_limit and course_open and assignment_open
    returning *
), counted as (
    insert into task_creation (item_id, user_id) select id, user_id from item
), reminded as (
    insert into reminder (id, user_id, study_session_id, offset_minutes, occurs_at, remind_at)
    select uuid7(), user_id, id, minutes, starts_at, starts_at - make_interval(mins => minutes)
      from item cross join unnest(reminders) as minutes
     where starts_at - make_interval(mins => minutes) > now()
    returning id, remind_at
)
select i.id, false as locked,
       i.course_id, i.assignment_id, i.topic, i.notes, i.starts_at, i.ends_at, i.started_at,
       i.ended_at, i.focus_seconds, i.pauses, i.technique, i.confidence, i.difficulty, i.status,
       i.spaced_repetition, i.review_count, i.last_reviewed_at, i.review_due_at, i.reminders,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.within_limit, p.course_open, p.assignment_open, p.used, p.resets_at,
       (select jsonb_agg(r order by r.remind_at, r.id) from reminded as r) as reminded
  from permitted as p left join item as i on true

-- name: get_study_session
-- include course: select * from course_brief where id = page.course_id
-- include assignment: select id, title, due_at, status from assignment
--     where user_id = %(user_id)s and id = page.assignment_id and deleted_at is null
select id, coalesce(created_at > now() - interval '30 days'
                and (created_at, id) < (select l.created_at, l.item_id
                                          from task_lock_line(%(user_id)s, %(limit)s) as l), false)
           as locked,
       course_id, assignment_id, topic, notes, starts_at, ends_at, started_at, ended_at,
       focus_seconds, pauses, technique, confidence, difficulty, status, spaced_repetition,
       review_count, last_reviewed_at, review_due_at, reminders, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at
  from study_session
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: list_study_sessions
-- sort starts_at: starts_at
-- sort created_at: created_at
-- sort topic: topic
-- filter course_id: course_id = any(%(course_id)s)
-- filter assignment_id: assignment_id = any(%(assignment_id)s)
-- filter status: status = any(%(status)s)
-- filter technique: technique = any(%(technique)s)
-- filter spaced_repetition: spaced_repetition = %(spaced_repetition)s
-- filter starts_after: starts_at >= %(starts_after)s
-- filter starts_before: starts_at < %(starts_before)s
-- filter q: folded_words(search, topic || ' ' || notes)
--     @@ (select search_query(%(q)s))
-- include course: select * from course_brief where id = page.course_id
-- include assignment: select id, title, due_at, status from assignment
--     where user_id = %(user_id)s and id = page.assignment_id and deleted_at is null
select id, coalesce(created_at > now() - interval '30 days'
                and (created_at, id) < (select l.created_at, l.item_id
                                          from task_lock_line(%(user_id)s, %(limit)s) as l), false)
           as locked,
       course_id, assignment_id, topic, notes, starts_at, ends_at, started_at, ended_at,
       focus_seconds, pauses, technique, confidence, difficulty, status, spaced_repetition,
       review_count, last_reviewed_at, review_due_at, reminders, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at
  from study_session
 where user_id = %(user_id)s and deleted_at is null

-- name: update_study_session
with before as (
    select id, task_is_locked(user_id, created_at, id, %(limit)s) as locked,
           %(course_id)s::uuid is null or course_is_open(%(course_id)s) as course_open,
           %(assignment_id)s::uuid is null
           or exists (select from assignment as a
                       where a.id = %(assignment_id)s and a.user_id = %(user_id)s
                         and a.deleted_at is null) as assignment_open
      from study_session
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update study_session as s
       set (course_id, assignment_id, topic, notes, starts_at, ends_at, technique, confidence,
            difficulty, spaced_repetition, review_due_at, reminders, version, updated_at)
         = (select p.course_id, p.assignment_id, p.topic, p.notes, p.starts_at, p.ends_at,
                   p.technique, p.confidence, p.difficulty, p.spaced_repetition,
                   case when p.spaced_repetition
                        then coalesce(s.review_due_at,
                                      coalesce(s.last_reviewed_at, s.ended_at)
                                      + make_interval(days => greatest(s.interval_days, 1)))
                        end,
                   p.reminders, s.version + 1, now()
              from jsonb_populate_record(s, %(changes)s::jsonb) as p)
      from before as b
     where s.id = b.id and s.user_id = %(user_id)s and not b.locked
       and b.course_open and b.assignment_open
       and %(changes)s::jsonb <> '{}'
    returning s.*
), unreviewed as (
    update reminder as r
       set status = 'cancelled', claimed_until = null, updated_at = now(), version = r.version + 1
      from item as i
     where r.study_session_id = i.id and r.user_id = %(user_id)s and r.deleted_at is null
       and r.status in ('pending', 'claimed') and r.purpose = 'review' and not i.spaced_repetition
    returning r.id
), now_is as (
    select * from item
    union all
    select s.* from study_session as s join before as b on b.id = s.id
     where s.user_id = %(user_id)s and not exists (select from item)
)
select n.id, b.locked,
       case when b.locked then (select used from task_allowance(%(user_id)s)) end as used,
       n.course_id, n.assignment_id, n.topic, n.notes, n.starts_at, n.ends_at, n.started_at,
       n.ended_at, n.focus_seconds, n.pauses, n.technique, n.confidence, n.difficulty, n.status,
       n.spaced_repetition, n.review_count, n.last_reviewed_at, n.review_due_at, n.reminders,
       n.version, n.created_at, n.updated_at, n.deleted_at, null::timestamptz as purge_at,
       b.course_open, b.assignment_open, exists (select from item) as changed,
       array(select id from unreviewed) as unreviewed,
       case when exists (select from item) and %(changes)s::jsonb ?| %(scheduling)s
            then plan_reminders('study_session', n.id, n.user_id,
                                p_anew => %(changes)s::jsonb ? 'reminders') end as reminded,
       told_reminders() as reminder_changes
  from now_is as n join before as b on b.id = n.id

-- Runs the clock of a session: only time in the status `running` is focus. From a status that is
-- not among `from_status` it stays as it is. Who studies needs no reminder of it any more, and a
-- topic for spaced repetition is due the day after its session.
-- name: clock_study_session
with before as (
    select id, task_is_locked(user_id, created_at, id, %(limit)s) as locked,
           status
      from study_session
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update study_session as s
       set status = %(status)s, version = s.version + 1, updated_at = now(),
           started_at = coalesce(s.started_at, now()),
           ended_at = case when %(status)s = 'finished' then now() end,
           running_since = case when %(status)s = 'running' then now() end,
           pauses = s.pauses + (%(status)s = 'paused')::integer,
           technique = coalesce(%(technique)s, s.technique),
           confidence = coalesce(%(confidence)s::smallint, s.confidence),
           difficulty = coalesce(%(difficulty)s::smallint, s.difficulty),
           review_due_at = case when %(status)s = 'finished' and s.spaced_repetition
                                     and s.review_count = 0
                                then now() + interval '1 day'
                                else s.review_due_at end,
           focus_seconds = s.focus_seconds
               + coalesce(extract(epoch from now() - s.running_since), 0)::integer
      from before as b
     where s.id = b.id and s.user_id = %(user_id)s and not b.locked
       and b.status = any(%(from_status)s)
    returning s.*
), now_is as (
    select * from item
    union all
    select s.* from study_session as s join before as b on b.id = s.id
     where s.user_id = %(user_id)s and not exists (select from item)
)
select n.id, b.locked,
       case when b.locked then (select used from task_allowance(%(user_id)s)) end as used,
       n.course_id, n.assignment_id, n.topic, n.notes, n.starts_at, n.ends_at, n.started_at,
       n.ended_at, n.focus_seconds, n.pauses, n.technique, n.confidence, n.difficulty, n.status,
       n.spaced_repetition, n.review_count, n.last_reviewed_at, n.review_due_at, n.reminders,
       n.version, n.created_at, n.updated_at, n.deleted_at, null::timestamptz as purge_at,
       exists (select from item) as changed,
       case when b.status = 'planned' and n.status <> 'planned'
            then plan_reminders('study_session', n.id, n.user_id) end as reminded,
       told_reminders() as reminder_changes
  from now_is as n join before as b on b.id = n.id
