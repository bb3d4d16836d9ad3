-- A streak that was not kept up is over, even before the next activity says so: it holds as long as
-- every day since the last activity, but for today, was a day off.
-- name: get_streak
with today as (
    select (now() at time zone %(timezone)s)::date as day
)
select case when s.last_activity_on is null
              or exists (select from generate_series(s.last_activity_on + 1, t.day - 1,
                                                     interval '1 day') as d
                          where not is_excused(%(user_id)s, d::date))
            then 0 else s.current_days end as current_days,
       coalesce(s.longest_days, 0) as longest_days, s.last_activity_on,
       coalesce(s.last_activity_on >= t.day, false) as active_today,
       is_excused(%(user_id)s, t.day) as day_off
  from today as t left join streak as s on s.user_id = %(user_id)s

-- Courses that are gone count as none, so that nothing tells of them.
-- name: study_time
with studied as materialized (
    select on_day, hour, course_id, focus_seconds
      from activity
     where user_id = %(user_id)s and kind = 'session'
       and on_day between %(from_on)s and %(to_on)s
), by_day as (
    select on_day, sum(focus_seconds)::integer as seconds, count(*)::integer as sessions
      from studied group by on_day
), by_course as (
    select case when course_is_open(course_id) then course_id end as course_id,
           sum(seconds)::integer as seconds, sum(sessions)::integer as sessions
      from (select course_id, sum(focus_seconds) as seconds, count(*) as sessions
              from studied group by course_id) as each
     group by 1
), by_hour as (
    select hour, sum(focus_seconds)::integer as seconds, count(*)::integer as sessions
      from studied group by hour
), by_weekday as (
    select extract(isodow from on_day)::integer as weekday,
           sum(focus_seconds)::integer as seconds, count(*)::integer as sessions
      from studied group by 1
)
select (select coalesce(sum(seconds), 0) from by_day)::integer as focus_seconds,
       (select coalesce(sum(sessions), 0) from by_day)::integer as sessions,
       (select count(*) from by_day)::integer as active_days,
       best_study_hour(%(user_id)s) as best_hour,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'on', on_day, 'focus_seconds', seconds, 'sessions', sessions)
                   order by on_day), '[]') from by_day) as days,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'course_id', course_id, 'focus_seconds', seconds, 'sessions', sessions)
                   order by seconds desc, course_id), '[]') from by_course) as courses,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'hour', hour, 'focus_seconds', seconds, 'sessions', sessions)
                   order by hour), '[]') from by_hour) as hours,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'weekday', weekday, 'focus_seconds', seconds, 'sessions', sessions)
                   order by weekday), '[]') from by_weekday) as weekdays

-- name: heatmap
with day as (
    select on_day, count(*)::integer as activities, sum(focus_seconds)::integer as seconds
      from activity
     where user_id = %(user_id)s and kind <> 'reopening'
       and on_day between %(from_on)s and %(to_on)s
     group by on_day
), most as (
    select coalesce(max(activities), 0) as activities from day
)
select m.activities as most,
       coalesce(jsonb_agg(jsonb_build_object(
           'on', d.on_day, 'activities', d.activities, 'focus_seconds', d.seconds,
           'level', ceil(4.0 * d.activities / m.activities)::integer)
           order by d.on_day) filter (where d.on_day is not null), '[]') as days
  from most as m left join day as d on true
 group by m.activities

-- A completion counts unless the assignment was taken up again after it; of several of one
-- assignment the last one does.
-- name: performance
with doing as materialized (
    select *
      from activity
     where user_id = %(user_id)s and on_day between %(before_on)s and %(to_on)s
), done as (
    select distinct on (c.entity_id) c.entity_id, c.on_day, c.late
      from doing as c
     where c.kind = 'completion'
       and not exists (select from activity as r
                        where r.user_id = %(user_id)s and r.entity_id = c.entity_id
                          and r.kind = 'reopening' and r.entity_version > c.entity_version)
     order by c.entity_id, c.entity_version desc
), reviewed as (
    select count(*) filter (where on_day >= %(from_on)s) as reviews,
           avg(quality) filter (where on_day >= %(from_on)s) as average,
           avg((quality >= 3)::integer) filter (where on_day >= %(from_on)s) as recalled,
           avg(quality) filter (where on_day < %(from_on)s) as average_before
      from doing
     where kind in ('review', 'flashcard')
), studied as (
    select count(*) as sessions, avg(confidence) as confidence, avg(difficulty) as difficulty
      from doing
     where kind = 'session' and on_day >= %(from_on)s
), handed_in as (
    select count(*) as completed, count(*) filter (where not late) as on_time
      from done
     where on_day >= %(from_on)s
)
select r.reviews::integer, r.average::float8 as average_quality,
       r.recalled::float8 as recalled_rate, (r.average - r.average_before)::float8 as trend,
       s.sessions::integer, s.confidence::float8 as average_confidence,
       s.difficulty::float8 as average_difficulty, h.completed::integer as assignments_completed,
       h.on_time::integer as completed_on_time,
       (h.on_time::numeric / nullif(h.completed, 0))::float8 as on_time_rate
  from reviewed as r cross join studied as s cross join handed_in as h

-- Topics that are in the trash neither sit nor do not.
-- name: retention
with topic as (
    select a.entity_id, count(*) as reviews, sum(a.quality) as total, avg(a.quality) as average
      from activity as a
      join study_session as s on s.user_id = a.user_id and s.id = a.entity_id
     where a.user_id = %(user_id)s and a.kind = 'review' and s.deleted_at is null
     group by a.entity_id
)
select count(*)::integer as topics, coalesce(sum(reviews), 0)::integer as reviews,
       (count(*) filter (where average >= 4))::integer as mastered,
       (count(*) filter (where average > 2 and average < 4))::integer as learning,
       (count(*) filter (where average <= 2))::integer as struggling,
       (sum(total) / sum(reviews))::float8 as average_quality,
       (sum(total) / sum(reviews) * 20)::float8 as score
  from topic

-- name: progress
select (select count(*) from activity
         where user_id = %(user_id)s and kind = 'session'
           and on_day between %(from_on)s and %(to_on)s)::integer as sessions_last_7_days,
       (select count(*) from assignment
         where user_id = %(user_id)s and deleted_at is null and completed_at is null
           and due_at >= now())::integer as upcoming_assignments
