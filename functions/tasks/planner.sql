-- Everything that takes place or is due in a range, by its time. A lecture lasts a day at most, so
-- one that is still going on began a day before at the earliest.
-- name: planner
select kind, id, recurrence_id, course_id, title, starts_at, ends_at, due_on, status, location
  from (select kind, id, case when is_series then recurrence_id end as recurrence_id, course_id,
               title, starts_at, ends_at, null::date as due_on,
               case when item_done and status = 'planned' then 'done' else status end as status,
               location
          from planned_occurrence
         where user_id = %(user_id)s and starts_at < %(until)s
           and starts_at >= %(since)s::timestamptz - interval '1 day'
           and (ends_at > %(since)s or starts_at >= %(since)s)
         union all
        select 'assignment', id, null, course_id, title, due_at, due_at, due_on,
               case when completed_at is null then 'planned' else 'done' end, ''
          from assignment
         where user_id = %(user_id)s and deleted_at is null and recurrence is null
           and rdates = '{}' and due_at >= %(since)s and due_at < %(until)s
         union all
        select 'study_session', id, null, course_id, topic, starts_at,
               coalesce(ends_at, starts_at), null,
               case when status = 'finished' then 'done' else 'planned' end, ''
          from study_session
         where user_id = %(user_id)s and deleted_at is null and starts_at < %(until)s
           and (starts_at >= %(since)s or ends_at > %(since)s)) as entry
 where kind = any(%(kinds)s)
 order by starts_at, kind, id
 limit %(most)s

-- The week that a day lies in, as the user's week begins (0: Sunday), with its name where a term
-- names weeks; for the time between, the instants at which the days begin.
-- name: calendar_week
with week as (
    select u.week_starts_on, d.day,
           d.day - (extract(dow from d.day)::integer - u.week_starts_on + 7) %% 7 as begins
      from app_user as u
     cross join (values (coalesce(%(day)s, (now() at time zone %(timezone)s)::date))) as d (day)
     where u.id = %(user_id)s
)
select w.begins as week_start,
       w.begins::timestamp at time zone %(timezone)s as since,
       (w.begins + 7)::timestamp at time zone %(timezone)s as until,
       (select case (w.begins - t.week_a_on
                     + (extract(dow from t.week_a_on)::integer - w.week_starts_on + 7) %% 7)
                    / 7 %% 2 when 0 then 'A' else 'B' end
          from term as t
         where t.user_id = %(user_id)s and t.deleted_at is null and t.week_a_on is not null
           and t.starts_on <= w.begins + 6 and t.ends_on >= w.begins
         order by t.starts_on limit 1) as week_name
  from week as w

-- What takes up time in a range, merged, and what is free between. A study session without an end
-- takes an hour.
-- name: free_busy
with taken as (
    select starts_at, ends_at
      from planned_occurrence
     where user_id = %(user_id)s and kind = 'lecture' and status <> 'cancelled'
       and starts_at < %(until)s and starts_at >= %(since)s::timestamptz - interval '1 day'
    union all
    select starts_at, coalesce(ends_at, starts_at + interval '1 hour')
      from study_session
     where user_id = %(user_id)s and deleted_at is null and status <> 'finished'
       and starts_at < %(until)s
       and coalesce(ends_at, starts_at + interval '1 hour') > %(since)s
), span as (
    select tstzmultirange(tstzrange(%(since)s, %(until)s)) as whole
), busy as (
    select s.whole, s.whole * coalesce(range_agg(tstzrange(t.starts_at, t.ends_at)),
                                       '{}'::tstzmultirange) as times
      from span as s left join taken as t on true
     group by s.whole
)
select true as is_busy, lower(r) as starts_at, upper(r) as ends_at
  from busy cross join unnest(times) as r
union all
select false, lower(r), upper(r)
  from busy cross join unnest(whole - times) as r
 order by 2
