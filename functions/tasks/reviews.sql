-- What SM-2 and the plan of reminders start from. The route holds the lock under which reviews are
-- written, so what is read here still holds when the next statement writes.
-- name: review_standing
select s.id, s.ease, s.repetitions, s.interval_days, s.starts_at, s.ended_at, s.spaced_repetition,
       s.review_count, now() as now,
       ceil(extract(epoch from s.last_reviewed_at + interval '5 minutes' - now()))::integer
           as seconds_to_wait,
       (select count(*) from session_review as r
         where r.user_id = %(user_id)s and r.study_session_id = s.id and r.deleted_at is null
           and r.reviewed_at > now() - interval '24 hours')::integer as lately,
       course_exam_on(s.course_id) as exam_on, best_study_hour(%(user_id)s) as best_hour,
       exists (select from reminder as r
                where r.user_id = %(user_id)s and r.study_session_id = s.id
                  and r.purpose = 'review' and r.status = 'pending' and r.deleted_at is null)
           as planned,
       a.used, a.resets_at, s.created_at, k.locked,
       case when k.locked then (select used from task_allowance(%(user_id)s)) end as items_used
  from study_session as s
 cross join lateral (
       select task_is_locked(s.user_id, s.created_at, s.id, %(limit)s) as locked) as k
 cross join lateral review_allowance(%(user_id)s, s.id) as a
 where s.id = %(id)s and s.user_id = %(user_id)s and s.deleted_at is null
   and (%(if_match)s::integer is null or s.version = %(if_match)s)

-- A review takes the place of what was planned to remind of: the next one is when SM-2 says.
-- name: record_review
with session as (
    update study_session
       set ease = %(ease)s, repetitions = %(repetitions)s, interval_days = %(interval_days)s,
           review_count = review_count + 1, last_reviewed_at = now(), review_due_at = %(due_at)s,
           spaced_repetition = true, version = version + 1, updated_at = now()
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
    returning id, user_id, course_id, version
), cancelled as (
    update reminder as r
       set status = 'cancelled', updated_at = now(), version = r.version + 1
      from session as s
     where r.study_session_id = s.id and r.user_id = %(user_id)s and r.purpose = 'review'
       and r.status in ('pending', 'claimed') and r.deleted_at is null
    returning r.id
), reminded as (
    insert into reminder (id, user_id, study_session_id, offset_minutes, occurs_at, remind_at,
                          purpose)
    select p.id, s.user_id, s.id, 0, p.remind_at, p.remind_at, 'review'
      from session as s
     cross join jsonb_to_recordset(%(reminders)s::jsonb) as p (id uuid, remind_at timestamptz)
), review as (
    insert into session_review (id, user_id, study_session_id, quality, response_seconds, crammed,
                                ease, interval_days, repetitions, due_at)
    select %(review_id)s, user_id, id, %(quality)s, %(response_seconds)s, %(crammed)s, %(ease)s,
           %(interval_days)s, %(repetitions)s, %(due_at)s
      from session
    returning *
)
select r.id, r.study_session_id, r.quality, r.response_seconds, r.reviewed_at, r.crammed,
       (r.ease / 100.0)::float8 as ease_factor, r.interval_days, r.repetitions, r.due_at,
       r.version, r.created_at, r.updated_at, s.version as session_version, s.course_id,
       array(select id from cancelled) as cancelled
  from review as r cross join session as s

-- name: study_session_exists
select exists (select from study_session
                where id = %(id)s and user_id = %(user_id)s and deleted_at is null)

-- name: list_session_reviews
-- sort -reviewed_at: reviewed_at
-- filter quality: quality = any(%(quality)s)
select id, study_session_id, quality, response_seconds, reviewed_at, crammed,
       (ease / 100.0)::float8 as ease_factor, interval_days, repetitions, due_at, version,
       created_at, updated_at
  from session_review
 where user_id = %(user_id)s and study_session_id = %(study_session_id)s and deleted_at is null

-- name: list_due_reviews
-- sort review_due_at: review_due_at
-- filter course_id: course_id = any(%(course_id)s)
select id, course_id, topic, review_due_at, last_reviewed_at, review_count, interval_days,
       (ease / 100.0)::float8 as ease_factor, version
  from study_session
 where user_id = %(user_id)s and deleted_at is null and review_due_at is not null
   and review_due_at <= coalesce(%(until)s::timestamptz, now())

-- name: review_statistics
select count(v.id)::integer as reviews,
       count(distinct v.study_session_id)::integer as study_sessions,
       avg(v.quality)::float8 as average_quality,
       array(select count(r.id)::integer
               from generate_series(0, 5) as q (quality)
               left join session_review as r on r.user_id = %(user_id)s and r.deleted_at is null
                and r.quality = q.quality
              group by q.quality
              order by q.quality) as counts,
       d.due, d.next_due_at
  from (select (count(*) filter (where review_due_at <= now()))::integer as due,
               min(review_due_at) filter (where review_due_at > now()) as next_due_at
          from study_session
         where user_id = %(user_id)s and deleted_at is null and review_due_at is not null) as d
  left join session_review as v on v.user_id = %(user_id)s and v.deleted_at is null
 group by d.due, d.next_due_at

-- name: plan_reviews
with session as (
    update study_session
       set spaced_repetition = true,
           review_due_at = case when review_count = 0 then %(due_at)s
                                else coalesce(review_due_at, %(due_at)s) end,
           version = version + 1, updated_at = now()
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
    returning id, user_id, course_id, version
), cancelled as (
    update reminder as r
       set status = 'cancelled', updated_at = now(), version = r.version + 1
      from session as s
     where r.study_session_id = s.id and r.user_id = %(user_id)s and r.purpose = 'review'
       and r.status in ('pending', 'claimed') and r.deleted_at is null
    returning r.id
), reminded as (
    insert into reminder (id, user_id, study_session_id, offset_minutes, occurs_at, remind_at,
                          purpose)
    select p.id, s.user_id, s.id, 0, p.remind_at, p.remind_at, 'review'
      from session as s
     cross join jsonb_to_recordset(%(reminders)s::jsonb) as p (id uuid, remind_at timestamptz)
)
select version, course_id, array(select id from cancelled) as cancelled from session

-- name: follow_exam_of_reviews
select follow_exam_of_reviews(%(course_id)s)

-- The lock under which the routes of tasks write what is limited.
-- name: lock_reviews
select pg_advisory_xact_lock(hashtextextended('tasks' || %(user_id)s::text, 0))

-- name: learner
select timezone, role,
       case when subscription_tier = 'premium' and coalesce(subscription_expires_at > now(), true)
            then 'premium' else 'free' end as tier
  from app_user
 where id = %(user_id)s
