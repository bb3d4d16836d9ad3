-- When a series takes place until p_until (400 days after its start when not given), in order.
-- Kept in local time, so that ten o'clock stays ten o'clock across a change of the clocks. Without
-- a rule: once.
create or replace function lecture_occurrences(p_start timestamp, p_timezone text, p_rule text,
                                               p_until timestamp default null)
returns setof timestamptz
language sql stable security invoker set search_path = public, pg_temp as $$
    with rule as (
        select substring(p_rule from 'FREQ=([A-Z]+)') as freq,
               coalesce(substring(p_rule from 'INTERVAL=([0-9]+)')::integer, 1) as step,
               substring(p_rule from 'COUNT=([0-9]+)')::integer as times,
               substring(p_rule from 'UNTIL=([0-9TZ]+)') as until,
               string_to_array(substring(p_rule from 'BYDAY=([A-Z,]+)'), ',') as weekdays
    ), day as (
        select p_start + make_interval(days => n) as start_local, n,
               (extract(isodow from p_start)::integer - 1 + n) / 7 as week,
               (array['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])
                   [extract(isodow from p_start + make_interval(days => n))::integer] as weekday
          from generate_series(0, case when p_rule is null then 0
                                       else coalesce(p_until, p_start + interval '400 days')::date
                                            - p_start::date end) as n
    )
    select d.start_local at time zone p_timezone
      from day as d cross join rule as r
     where (p_rule is null
            or (case r.freq when 'DAILY' then d.n else d.week end) % r.step = 0
               and (d.weekday = any(r.weekdays)
                    or r.weekdays is null and (r.freq = 'DAILY' or d.n % 7 = 0)))
       and (p_until is null or d.start_local <= p_until)
       and case when r.until like '%T%'
                then d.start_local at time zone p_timezone <= r.until::timestamptz
                else coalesce(d.start_local::date <= r.until::date, true) end
     order by d.n
     limit (select times from rule)
$$;

drop function series_dates, rule_dates;
