-- Recurrence rules in full (RFC 5545, daily or less often), in the way of
-- functions/tasks/expansion.py: docs/decisions/0012-recurrence.md says why both can do it.

-- The local times of a rule from p_from to p_until, both inclusive; COUNT counts from p_start.
-- Every day of the window is looked at once, so the work is bounded whatever the rule says.
create function rule_dates(p_start timestamp, p_timezone text, p_rule text,
                           p_from timestamp, p_until timestamp) returns setof timestamp
language plpgsql stable security invoker set search_path = public, pg_temp as $$
declare
    v_freq       text      := substring(p_rule from '(?:^|;)FREQ=([A-Z]+)');
    v_step       integer   := coalesce(substring(p_rule from '(?:^|;)INTERVAL=([0-9]+)'), '1');
    v_times      integer   := substring(p_rule from '(?:^|;)COUNT=([0-9]+)');
    v_end        text      := substring(p_rule from '(?:^|;)UNTIL=([0-9TZ]+)');
    v_days       text[]    := string_to_array(substring(p_rule from '(?:^|;)BYDAY=([^;]+)'), ',');
    v_months     integer[] := string_to_array(substring(p_rule from '(?:^|;)BYMONTH=([^;]+)'), ',');
    v_month_days integer[] :=
        string_to_array(substring(p_rule from '(?:^|;)BYMONTHDAY=([^;]+)'), ',');
    v_year_days  integer[] :=
        string_to_array(substring(p_rule from '(?:^|;)BYYEARDAY=([^;]+)'), ',');
    v_weeks      integer[] := string_to_array(substring(p_rule from '(?:^|;)BYWEEKNO=([^;]+)'), ',');
    v_positions  integer[] :=
        string_to_array(substring(p_rule from '(?:^|;)BYSETPOS=([^;]+)'), ',');
    v_names      text[]    := array['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
    v_monday     integer   := array_position(v_names, coalesce(
                                  substring(p_rule from '(?:^|;)WKST=([A-Z]+)'), 'MO'));
    v_of_month   boolean   := v_freq = 'MONTHLY' or v_months is not null;
    v_begin      date      := p_start;
    v_week       date      := v_begin - (extract(isodow from v_begin)::integer - v_monday + 7) % 7;
    v_since      date      := case when v_times is null then greatest(p_start, p_from)
                                   else p_start end;
    v_last       date      := least(p_until, '2199-12-31');
begin
    if num_nonnulls(v_days, v_month_days, v_year_days) = 0 then  -- what is left open is as at first
        if v_freq = 'WEEKLY' or v_weeks is not null then
            v_days := v_names[extract(isodow from v_begin):extract(isodow from v_begin)];
        elsif v_freq <> 'DAILY' then
            v_month_days := array[extract(day from v_begin)];
            if v_freq = 'YEARLY' then
                v_months := coalesce(v_months, array[extract(month from v_begin)]::integer[]);
            end if;
        end if;
    end if;
    if v_positions is not null and v_freq <> 'DAILY' then  -- places count in whole periods
        v_since := case v_freq
            when 'WEEKLY' then v_since - (extract(isodow from v_since)::integer - v_monday + 7) % 7
            else date_trunc(rtrim(v_freq, 'LY'), v_since) end;
        v_last := case v_freq
            when 'WEEKLY' then v_last + 6
            else date_trunc(rtrim(v_freq, 'LY'), v_last) + ('1 ' || rtrim(v_freq, 'LY'))::interval
                 - interval '1 day' end;
    end if;
    return query
    with day as (
        select d.day, d.week, d.week + 3 as middle, d.weekday, d.year, d.month,
               extract(day from d.day)::integer as of_month,
               extract(day from date_trunc('month', d.day) + interval '1 month - 1 day')::integer
                   as month_days,
               extract(doy from d.day)::integer as of_year,
               extract(doy from make_date(d.year, 12, 31))::integer as year_days
          from (select g.day, extract(isodow from g.day)::integer as weekday,
                       g.day - (extract(isodow from g.day)::integer - v_monday + 7) % 7 as week,
                       extract(year from g.day)::integer as year,
                       extract(month from g.day)::integer as month
                  from (select v_since + n as day from generate_series(0, v_last - v_since) as n)
                       as g) as d
         where v_months is null or d.month = any(v_months)
    ), numbered as (
        select d.*, v_names[d.weekday] as name,
               case v_freq when 'DAILY' then d.day - v_begin
                           when 'WEEKLY' then (d.week - v_week) / 7
                           when 'MONTHLY' then (d.year - extract(year from v_begin)::integer) * 12
                                               + d.month - extract(month from v_begin)::integer
                           else d.year - extract(year from v_begin)::integer end as period,
               case when v_of_month then d.of_month else d.of_year end as place,
               case when v_of_month then d.month_days else d.year_days end as places
          from day as d
    ), fitting as (
        select n.day, n.period, row_number() over (partition by n.period order by n.day) as nth,
               count(*) over (partition by n.period) as of_all
          from numbered as n
         where n.period % v_step = 0
           and (v_days is null
                or n.name = any(v_days)
                or ((n.place - 1) / 7 + 1) || n.name = any(v_days)
                or (-((n.places - n.place) / 7) - 1) || n.name = any(v_days))
           and (v_month_days is null
                or n.of_month = any(v_month_days)
                or n.of_month - n.month_days - 1 = any(v_month_days))
           and (v_year_days is null
                or n.of_year = any(v_year_days)
                or n.of_year - n.year_days - 1 = any(v_year_days))
           and (v_weeks is null
                or (extract(doy from n.middle)::integer - 1) / 7 + 1 = any(v_weeks)
                or -((extract(doy from date_trunc('year', n.middle) + interval '1 year - 1 day')
                      - extract(doy from n.middle))::integer / 7) - 1 = any(v_weeks))
    ), regular as (
        select f.day + p_start::time as local
          from fitting as f
         where f.day >= v_begin
           and (v_positions is null
                or f.nth = any(v_positions) or f.nth - f.of_all - 1 = any(v_positions))
         order by f.day
         limit v_times
    )
    select r.local from regular as r
     where r.local between p_from and p_until
       and case when v_end like '%Z' then r.local at time zone p_timezone <= v_end::timestamptz
                when v_end like '%T%' then r.local <= v_end::timestamp
                else coalesce(r.local::date <= v_end::date, true) end
     order by r.local;
end
$$;

-- The local times of a series: its rule (or its start, without one) and p_rdates, less p_exdates.
create function series_dates(p_start timestamp, p_timezone text, p_rule text,
                             p_exdates timestamp[], p_rdates timestamp[],
                             p_from timestamp, p_until timestamp) returns setof timestamp
language plpgsql stable security invoker set search_path = public, pg_temp as $$
begin
    return query
    select distinct s.local
      from (select p_start as local where p_rule is null
            union all
            select r.local from rule_dates(p_start, p_timezone, p_rule, p_from, p_until) as r (local)
             where p_rule is not null
            union all
            select unnest(p_rdates)) as s
     where s.local between p_from and p_until and s.local <> all(p_exdates)
     order by s.local;
end
$$;

-- When a series takes place until p_until (400 days after its start when not given), in order.
create or replace function lecture_occurrences(p_start timestamp, p_timezone text, p_rule text,
                                               p_until timestamp default null)
returns setof timestamptz
language sql stable security invoker set search_path = public, pg_temp as $$
    select local at time zone p_timezone
      from series_dates(p_start, p_timezone, p_rule, '{}', '{}', p_start,
                        coalesce(p_until, p_start + interval '400 days')) as local
$$;

grant execute on function rule_dates, series_dates to campus_app, campus_system;
