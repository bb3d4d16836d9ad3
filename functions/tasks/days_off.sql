-- name: list_vacations
-- sort -starts_on: starts_on
select id, starts_on, ends_on, version, created_at, updated_at
  from vacation
 where user_id = %(user_id)s

-- name: get_vacation
select id, starts_on, ends_on, version, created_at, updated_at
  from vacation
 where id = %(id)s and user_id = %(user_id)s

-- Refused without a vacation: `ahead` says why.
-- name: declare_vacation
with today as (
    select (now() at time zone %(timezone)s)::date as day
), declared as (
    insert into vacation (id, user_id, starts_on, ends_on)
    select %(id)s, %(user_id)s, %(starts_on)s, %(ends_on)s
      from today as t
     where %(starts_on)s >= t.day
       and (select count(*) from vacation
             where user_id = %(user_id)s and ends_on >= t.day) < %(most)s
    returning *
)
select %(starts_on)s >= t.day as ahead, d.id, d.starts_on, d.ends_on, d.version, d.created_at,
       d.updated_at
  from today as t left join declared as d on true

-- One that has begun ends yesterday; one that has not is gone.
-- name: withdraw_vacation
with known as (
    select v.id, v.ends_on < t.day as is_over, v.starts_on < t.day as has_begun, v.version,
           t.day - 1 as yesterday
      from vacation as v
     cross join (select (now() at time zone %(timezone)s)::date as day) as t
     where v.id = %(id)s and v.user_id = %(user_id)s
       and (%(if_match)s::integer is null or v.version = %(if_match)s)
       for update of v
), cut as (
    update vacation as v
       set ends_on = k.yesterday, version = v.version + 1, updated_at = now()
      from known as k
     where v.id = k.id and v.user_id = %(user_id)s and k.has_begun and not k.is_over
), gone as (
    delete from vacation as v
     using known as k
     where v.id = k.id and v.user_id = %(user_id)s and not k.has_begun
)
select is_over, version, case when has_begun then yesterday end as ends_on from known

-- name: get_rest_days
select coalesce(array_agg(weekday::integer order by weekday), '{}') as weekdays
  from rest_day
 where user_id = %(user_id)s and ends_on is null

-- What began today is gone without a trace; what was before stays for the past.
-- name: set_rest_days
with today as (
    select (now() at time zone %(timezone)s)::date as day
), gone as (
    delete from rest_day as r
     using today as t
     where r.user_id = %(user_id)s and r.ends_on is null and r.starts_on >= t.day
       and r.weekday <> all (%(weekdays)s::integer[])
    returning r.weekday
), ended as (
    update rest_day as r
       set ends_on = t.day
      from today as t
     where r.user_id = %(user_id)s and r.ends_on is null and r.starts_on < t.day
       and r.weekday <> all (%(weekdays)s::integer[])
    returning r.weekday
), begun as (
    insert into rest_day (user_id, weekday, starts_on)
    select %(user_id)s, w.weekday, t.day
      from today as t cross join unnest(%(weekdays)s::integer[]) as w (weekday)
     where not exists (select from rest_day as r
                        where r.user_id = %(user_id)s and r.weekday = w.weekday
                          and r.ends_on is null)
    on conflict (user_id, weekday, starts_on) do update set ends_on = null
    returning weekday
)
select exists (select from gone) or exists (select from ended) or exists (select from begun)
