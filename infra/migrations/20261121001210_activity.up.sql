-- What people did, day by day: the projection that streak and statistics are read from. It follows
-- from the event history alone, a row an event, so it can be dropped and built again.

-- `on_day` and `hour` are the user's own, at the time when it happened. `quality` goes from 0 to 5.
create table activity (
    event_id       uuid primary key,
    user_id        uuid        not null references app_user,
    kind           text        not null check (kind in ('session', 'review', 'flashcard',
                                                        'completion', 'reopening')),
    on_day         date        not null,
    hour           smallint    not null check (hour between 0 and 23),
    entity_id      uuid        not null,
    entity_version integer     not null,
    course_id      uuid,
    focus_seconds  integer     not null default 0 check (focus_seconds >= 0),
    quality        smallint    check (quality between 0 and 5),
    confidence     smallint    check (confidence between 1 and 5),
    difficulty     smallint    check (difficulty between 1 and 5),
    late           boolean
);
create index activity_day on activity (user_id, on_day);
create index activity_entity on activity (user_id, entity_id, entity_version);
call protect('activity');

-- Days on which nothing has to be done for the streak to hold: declared ahead, never afterwards.
create table vacation (
    id         uuid primary key,
    user_id    uuid        not null references app_user,
    starts_on  date        not null check (starts_on between '1970-01-01' and '2200-01-01'),
    ends_on    date        not null check (ends_on between starts_on and starts_on + 91),
    version    integer     not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (user_id, id)
);
create index vacation_starts on vacation (user_id, starts_on, id);
call protect('vacation');

-- `weekday` as in ISO 8601, from Monday. What was a rest day stays one for the past.
create table rest_day (
    user_id    uuid        not null references app_user,
    weekday    smallint    not null check (weekday between 1 and 7),
    starts_on  date        not null,
    ends_on    date        check (ends_on > starts_on),
    primary key (user_id, weekday, starts_on)
);
create unique index rest_day_holds on rest_day (user_id, weekday) where ends_on is null;
call protect('rest_day');

-- How far the schedule has come that builds projections again, user by user.
create table projection_round (
    projection text primary key,
    after_id   uuid        not null,
    begun_at   timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
revoke all on projection_round from campus_app, campus_support;

create function is_excused(p_user uuid, p_day date) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select exists (select from vacation
                    where user_id = p_user and p_day between starts_on and ends_on)
           or exists (select from rest_day
                       where user_id = p_user and weekday = extract(isodow from p_day)
                         and starts_on <= p_day and (ends_on is null or p_day < ends_on))
$$;

-- Runs of days without a missed one: a day is missed when nothing was done on it and nothing
-- excused it. Only days on which something was done count.
create function streak_runs(p_user uuid) returns table (days integer, last_on date)
language sql stable security invoker set search_path = public, pg_temp as $$
    with active as (
        select distinct on_day from activity where user_id = p_user and kind <> 'reopening'
    ), gap as (
        select on_day, lag(on_day) over (order by on_day) as before from active
    ), begun as (
        select on_day,
               exists (select from generate_series(before + 1, on_day - 1, interval '1 day') as d
                        where not is_excused(p_user, d::date)) as after_a_miss
          from gap
    ), run as (
        select on_day, count(*) filter (where after_a_miss) over (order by on_day) as number
          from begun
    )
    select count(*)::integer, max(on_day) from run group by number
$$;

-- Brings the streak in line with what was done. One row when that changed it, else none.
create function keep_streak(p_user uuid)
returns table (current_days integer, longest_days integer, version integer)
language sql volatile security invoker set search_path = public, pg_temp as $$
    insert into streak as s (user_id, current_days, longest_days, last_activity_on)
    select p_user, (array_agg(r.days order by r.last_on desc))[1], max(r.days), max(r.last_on)
      from streak_runs(p_user) as r
    having count(*) > 0
    on conflict (user_id) do update
       set current_days = excluded.current_days, longest_days = excluded.longest_days,
           last_activity_on = excluded.last_activity_on,
           version = s.version + 1, updated_at = now()
     where (s.current_days, s.longest_days, s.last_activity_on)
           is distinct from (excluded.current_days, excluded.longest_days,
                             excluded.last_activity_on)
    returning s.current_days, s.longest_days, s.version
$$;

-- Adds what was done, once an event; of somebody who has been erased meanwhile nothing is kept.
-- Whether a day is new among those with something done.
create function add_activity(p_user uuid, p_rows jsonb) returns boolean
language sql volatile security invoker set search_path = public, pg_temp as $$
    with added as (
        insert into activity (user_id, event_id, kind, on_day, hour, entity_id, entity_version,
                              course_id, focus_seconds, quality, confidence, difficulty, late)
        select p_user, r.event_id, r.kind, r.on_day, r.hour, r.entity_id, r.entity_version,
               r.course_id, coalesce(r.focus_seconds, 0), r.quality, r.confidence, r.difficulty,
               r.late
          from jsonb_populate_recordset(null::activity, p_rows) as r
         where exists (select from app_user where id = p_user)
        on conflict (event_id) do nothing
        returning on_day, kind
    )
    select coalesce(bool_or(not exists (select from activity as a
                                         where a.user_id = p_user and a.on_day = added.on_day
                                           and a.kind <> 'reopening')), false)
      from added
     where added.kind <> 'reopening'
$$;

-- Adds what was done and keeps the streak. The lock makes what is added for one user follow one
-- another, so that the last sees it all. One row when the streak changed, else none.
create function record_activity(p_user uuid, p_rows jsonb)
returns table (current_days integer, longest_days integer, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('activity' || p_user::text, 0));
    if add_activity(p_user, p_rows) then
        return query select * from keep_streak(p_user);
    end if;
end
$$;

-- Drops what is known of one user's activity, until the transaction has built it again.
create function forget_activity(p_user uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('activity' || p_user::text, 0));
    delete from activity where user_id = p_user;
end
$$;

-- The local hour at which somebody learns best: with the most finished sessions and good answers of
-- the last 90 days, the earlier of equals. Null as long as there are fewer than five.
create function best_study_hour(p_user uuid) returns integer
language sql stable security invoker set search_path = public, pg_temp as $$
    with learnt as (
        select hour, count(*) as times
          from activity
         where user_id = p_user and on_day > current_date - 90
           and (kind = 'session' or kind in ('review', 'flashcard') and quality >= 3)
         group by hour
    )
    select hour from learnt
     where (select sum(times) from learnt) >= 5
     order by times desc, hour
     limit 1
$$;

grant execute on function is_excused, streak_runs, keep_streak, add_activity, record_activity,
    forget_activity, best_study_hour to campus_app, campus_system;
