-- name: count_items
select (count(*) filter (where kind = 'assignment'))::integer as assignments,
       (count(*) filter (where kind = 'lecture'))::integer as lectures,
       (count(*) filter (where kind = 'study_session'))::integer as study_sessions,
       count(*)::integer as total
  from task_item
 where user_id = %(user_id)s and deleted_at is null
   and (%(course_id)s::uuid is null or course_id = %(course_id)s)
   and (%(after)s::timestamptz is null or occurs_at >= %(after)s)
   and (%(before)s::timestamptz is null or occurs_at < %(before)s)
   and (%(done)s::boolean is null or done = %(done)s)

-- A lecture is what happens, not its series: occurrences are looked at for 60 days ahead.
-- name: home
with today as (
    select date_trunc('day', now(), %(timezone)s) as begins,
           date_trunc('day', now(), %(timezone)s) + interval '1 day' as ends
), ahead as (
    select l.id, l.course_id, l.title, occurs_at
      from lecture as l
     cross join lecture_occurrences(l.start_local, l.timezone, l.recurrence,
                                    (now() at time zone l.timezone) + interval '60 days')
                as occurs_at
     where l.user_id = %(user_id)s and l.deleted_at is null
       and l.starts_at < now() + interval '60 days'
       and (l.recurrence is not null or l.starts_at >= now() - interval '2 days')
), following as (
    (select 'assignment' as kind, id, course_id, title, due_at as occurs_at
       from assignment
      where user_id = %(user_id)s and deleted_at is null and due_at >= now()
        and completed_at is null
      order by due_at, id limit 1)
    union all
    (select 'study_session', id, course_id, topic, starts_at
       from study_session
      where user_id = %(user_id)s and deleted_at is null and starts_at >= now()
        and status = 'planned'
      order by starts_at, id limit 1)
    union all
    (select 'lecture', id, course_id, title, occurs_at
       from ahead where occurs_at >= now() order by occurs_at, id limit 1)
    order by 5, 2 limit 1
)
select f.kind, f.id, f.course_id, f.title, f.occurs_at,
       (select count(*) from assignment
         where user_id = %(user_id)s and deleted_at is null
           and due_at >= t.begins and due_at < t.ends)::integer as assignments,
       (select count(*) from ahead
         where occurs_at >= t.begins and occurs_at < t.ends)::integer as lectures,
       (select count(*) from study_session
         where user_id = %(user_id)s and deleted_at is null
           and starts_at >= t.begins and starts_at < t.ends)::integer as study_sessions,
       a.used, a.resets_at
  from today as t cross join task_allowance(%(user_id)s) as a left join following as f on true

-- name: follow_course
select follow_course(%(user_id)s, %(course_id)s, %(deletion_id)s)
