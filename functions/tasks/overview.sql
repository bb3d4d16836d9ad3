-- name: count_items
select (count(*) filter (where kind = 'assignment'))::integer as assignments,
       (count(*) filter (where kind = 'lecture'))::integer as lectures,
       (count(*) filter (where kind = 'study_session'))::integer as study_sessions,
       count(*)::integer as total
  from task_item
 where user_id = %(user_id)s and deleted_at is null
   and (%(kind)s::text[] is null or kind = any(%(kind)s))
   and (%(course_id)s::uuid is null or course_id = %(course_id)s)
   and (%(course_ids)s::uuid[] is null or course_id = any(%(course_ids)s))
   and (%(created_after)s::timestamptz is null or created_at >= %(created_after)s)
   and (%(created_before)s::timestamptz is null or created_at < %(created_before)s)
   and (%(after)s::timestamptz is null or occurs_at >= %(after)s)
   and (%(before)s::timestamptz is null or occurs_at < %(before)s)
   and (%(done)s::boolean is null or done = %(done)s)

-- What recurs is seen by its occurrences, as they take place. A day is the user's: it has 23 hours
-- when the clocks go forward.
-- name: home
with today as (
    select day::timestamp at time zone %(timezone)s as begins,
           (day + 1)::timestamp at time zone %(timezone)s as ends
      from (values ((now() at time zone %(timezone)s)::date)) as local (day)
), following as (
    (select 'assignment' as kind, id, course_id, title, due_at as occurs_at,
            null::timestamp as recurrence_id
       from assignment
      where user_id = %(user_id)s and deleted_at is null and due_at >= now()
        and completed_at is null and recurrence is null and rdates = '{}'
      order by due_at, id limit 1)
    union all
    (select 'study_session', id, course_id, topic, starts_at, null
       from study_session
      where user_id = %(user_id)s and deleted_at is null and starts_at >= now()
        and status = 'planned'
      order by starts_at, id limit 1)
    union all
    (select kind, id, course_id, title, starts_at, recurrence_id
       from planned_occurrence
      where user_id = %(user_id)s and starts_at >= now() and status = 'planned' and not item_done
      order by starts_at, occurrence_id limit 1)
    order by 5, 2 limit 1
), taking_place as (
    select (count(*) filter (where kind = 'lecture'))::integer as lectures,
           (count(*) filter (where kind = 'assignment'))::integer as assignments
      from planned_occurrence as o cross join today as t
     where o.user_id = %(user_id)s and o.starts_at >= t.begins and o.starts_at < t.ends
       and o.status <> 'cancelled'
)
select f.kind, f.id, f.course_id, f.title, f.occurs_at, f.recurrence_id,
       p.assignments + (select count(*) from assignment
                         where user_id = %(user_id)s and deleted_at is null
                           and recurrence is null and rdates = '{}'
                           and due_at >= t.begins and due_at < t.ends)::integer as assignments,
       p.lectures,
       (select count(*) from study_session
         where user_id = %(user_id)s and deleted_at is null
           and starts_at >= t.begins and starts_at < t.ends)::integer as study_sessions,
       (select count(*) from study_session
         where user_id = %(user_id)s and deleted_at is null
           and review_due_at < t.ends)::integer as reviews,
       a.used, a.resets_at
  from today as t cross join taking_place as p cross join task_allowance(%(user_id)s) as a
  left join following as f on true

-- name: follow_course
select follow_course(%(user_id)s, %(course_id)s, %(deletion_id)s)
