-- What series come to: a row for each occurrence within the window of docs/decisions/0012-recurrence.md,
-- with what was changed of it alone; the terms whose breaks series skip.

alter table lecture
    -- squawk-ignore prefer-timestamp-tz
    add column exdates timestamp[] not null default '{}',
    -- squawk-ignore prefer-timestamp-tz
    add column rdates timestamp[] not null default '{}',
    add column skips_breaks boolean not null default false,
    -- Until when its occurrences are rows; null: not yet at all, infinity: for good.
    -- squawk-ignore prefer-timestamp-tz
    add column expanded_until timestamp;
alter table lecture add constraint lecture_dates
    check (cardinality(exdates) <= 400 and cardinality(rdates) <= 400) not valid;

alter table assignment
    add column recurrence text,
    -- squawk-ignore prefer-timestamp-tz
    add column exdates timestamp[] not null default '{}',
    -- squawk-ignore prefer-timestamp-tz
    add column rdates timestamp[] not null default '{}',
    -- squawk-ignore prefer-timestamp-tz
    add column expanded_until timestamp;
alter table assignment add constraint assignment_dates
    check (length(recurrence) <= 500 and cardinality(exdates) <= 400
           and cardinality(rdates) <= 400) not valid;

create table occurrence (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    assignment_id    uuid,
    lecture_id       uuid,
    -- The local time at which it would start (or be due) had nobody moved it: RFC 5545, 3.8.4.4.
    -- squawk-ignore prefer-timestamp-tz
    recurrence_id    timestamp   not null,
    starts_at        timestamptz not null check (starts_at between '1970-01-01' and '2200-01-01'),
    ends_at          timestamptz not null check (ends_at between starts_at and '2200-01-02'),
    status           text        not null default 'planned'
                                 check (status in ('planned', 'cancelled', 'done', 'attended')),
    -- What differs from the series; null: nothing.
    -- squawk-ignore prefer-timestamp-tz
    start_local      timestamp,
    duration_minutes integer     check (duration_minutes between 1 and 1440),
    title            text        check (length(title) between 1 and 200),
    location         text        check (length(location) <= 200),
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    check (num_nonnulls(assignment_id, lecture_id) = 1),
    foreign key (user_id, assignment_id) references assignment (user_id, id),
    foreign key (user_id, lecture_id) references lecture (user_id, id)
);
create unique index occurrence_assignment on occurrence (user_id, assignment_id, recurrence_id)
    where assignment_id is not null;
create unique index occurrence_lecture on occurrence (user_id, lecture_id, recurrence_id)
    where lecture_id is not null;
create index occurrence_starts on occurrence (user_id, starts_at, id) where deleted_at is null;
create index occurrence_deletion on occurrence (deletion_id) where deletion_id is not null;
create index occurrence_purge on occurrence (deleted_at) where deleted_at is not null;
call protect('occurrence');

create table term (
    id          uuid primary key,
    user_id     uuid        not null references app_user,
    name        text        not null check (length(name) between 1 and 100),
    starts_on   date        not null check (starts_on between '1970-01-01' and '2199-12-31'),
    ends_on     date        not null check (ends_on between starts_on and starts_on + 400),
    -- [{"name", "starts_on", "ends_on"}], both days belong to the break.
    breaks      jsonb       not null default '[]' check (jsonb_array_length(breaks) <= 20),
    -- A day of a week that is called A; null: the term has no weeks A and B.
    week_a_on   date        check (week_a_on between '1970-01-01' and '2199-12-31'),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid,
    unique (user_id, id)
);
create index term_starts on term (user_id, starts_on, id) where deleted_at is null;
create index term_created on term (user_id, created_at, id) where deleted_at is null;
create index term_deletion on term (deletion_id) where deletion_id is not null;
create index term_purge on term (deleted_at) where deleted_at is not null;
call protect('term');
call bound_times('term');

insert into deletable (table_name) values ('occurrence'), ('term');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('occurrence', 'assignment_id', 'assignment', 'cascade'),
    ('occurrence', 'lecture_id', 'lecture', 'cascade');
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['occurrence', 'term']) as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);

create view active_occurrence with (security_invoker) as
    select * from occurrence where deleted_at is null;
create view deleted_occurrence with (security_invoker) as
    select * from occurrence where deleted_at is not null;
create view active_term with (security_invoker) as select * from term where deleted_at is null;
create view deleted_term with (security_invoker) as select * from term where deleted_at is not null;

-- What can recur, in one shape. An assignment's start is when it is due.
create view recurring_item with (security_invoker) as
    select 'lecture' as kind, id, user_id, start_local, starts_at, timezone, recurrence, exdates,
           rdates, duration_minutes as minutes, reminders, skips_breaks, expanded_until,
           recurrence is not null or rdates <> '{}' as is_series, true as has_rows, false as done,
           deleted_at, course_id, version
      from lecture
    union all
    select 'assignment', id, user_id, due_at at time zone timezone, due_at, timezone, recurrence,
           exdates, rdates, 0, reminders, false, expanded_until,
           recurrence is not null or rdates <> '{}', recurrence is not null or rdates <> '{}',
           completed_at is not null, deleted_at, course_id, version
      from assignment;

-- Live occurrences with what they show: their own, or else what the series says.
create view planned_occurrence with (security_invoker) as
    select case when o.lecture_id is null then 'assignment' else 'lecture' end as kind,
           coalesce(o.lecture_id, o.assignment_id) as id, o.id as occurrence_id, o.user_id,
           o.recurrence_id, o.starts_at, o.ends_at, o.status, o.version,
           coalesce(l.course_id, a.course_id) as course_id,
           coalesce(o.title, l.title, a.title) as title,
           coalesce(o.location, l.location, '') as location,
           coalesce(l.timezone, a.timezone) as timezone, l.kind as lecture_kind,
           coalesce(l.recurrence is not null or l.rdates <> '{}', true) as is_series,
           a.completed_at is not null as item_done
      from occurrence as o
      left join lecture as l on l.user_id = o.user_id and l.id = o.lecture_id
      left join assignment as a on a.user_id = o.user_id and a.id = o.assignment_id
     where o.deleted_at is null;

-- The local times of an item within its window, without those in a break that it skips.
create function item_dates(p_item recurring_item, p_until timestamp) returns setof timestamp
language sql stable security invoker set search_path = public, pg_temp as $$
    select s.local
      from series_dates(p_item.start_local, p_item.timezone, p_item.recurrence, p_item.exdates,
                        p_item.rdates,
                        case when p_item.is_series  -- RDATE may come before the start
                             then now() at time zone p_item.timezone - interval '400 days'
                             else p_item.start_local end, p_until) as s (local)
     where p_item.has_rows
       and not (p_item.skips_breaks and exists (
               select from term as t
                cross join jsonb_to_recordset(t.breaks) as b (starts_on date, ends_on date)
                where t.user_id = p_item.user_id and t.deleted_at is null
                  and s.local::date between b.starts_on and b.ends_on))
$$;

-- Brings the reminders of an item in line with its occurrences, or with itself when it has none.
-- What an earlier change cancelled is forgotten: else changes without end would pile up rows.
create function remind_of_item(p_kind text, p_id uuid, p_user uuid, p_after timestamp) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if p_after is null then
        delete from reminder
         where user_id = p_user and deleted_at is null and status = 'cancelled'
           and p_id = case p_kind when 'lecture' then lecture_id else assignment_id end;
        update reminder
           set status = 'cancelled', updated_at = now(), version = version + 1
         where user_id = p_user and deleted_at is null and status = 'pending'
           and p_id = case p_kind when 'lecture' then lecture_id else assignment_id end;
    end if;
    insert into reminder (id, user_id, assignment_id, lecture_id, offset_minutes, occurs_at,
                          remind_at)
    select uuid7(), p_user, case p_kind when 'assignment' then p_id end,
           case p_kind when 'lecture' then p_id end, early, t.at,
           t.at - make_interval(mins => early)
      from recurring_item as i
     cross join lateral (
           select o.starts_at as at
             from occurrence as o
            where o.user_id = p_user and o.deleted_at is null and o.status = 'planned'
              and (p_kind = 'lecture' and o.lecture_id = p_id
                   or p_kind = 'assignment' and o.assignment_id = p_id)
              and (p_after is null or o.recurrence_id > p_after)
            union all
           select i.starts_at where not i.has_rows and p_after is null) as t
     cross join unnest(i.reminders) as early
     where i.kind = p_kind and i.id = p_id and i.user_id = p_user and i.deleted_at is null
       and not i.done
       and t.at - make_interval(mins => early) > now();
end
$$;

-- When an occurrence takes place: where it was moved to, else at its own local time. The first one
-- is the item's own instant, which a local time that comes twice would not tell.
create function occurrence_at(p_item recurring_item, p_recurrence timestamp, p_moved timestamp)
returns timestamptz
language sql stable security invoker set search_path = public, pg_temp as $$
    select case when p_moved is null and p_recurrence = p_item.start_local then p_item.starts_at
                else coalesce(p_moved, p_recurrence) at time zone p_item.timezone end
$$;

-- Brings the occurrences and reminders of an item in line with it. What differs from the series is
-- kept where the series still has the occurrence. With p_more, rows are only added after the last.
create function plan_item(p_kind text, p_id uuid, p_user uuid, p_more boolean default false)
returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_item  recurring_item;
    v_until timestamp;
    v_dates timestamp[];
    v_after timestamp;
begin
    select * into v_item from recurring_item
     where kind = p_kind and id = p_id and user_id = p_user and deleted_at is null;
    if not found then
        return;
    end if;
    v_until := greatest(v_item.start_local, now() at time zone v_item.timezone)
               + interval '400 days';
    v_dates := array(select item_dates(v_item, v_until));
    if p_more then  -- what was planned before there were rows had its reminders for 400 days
        v_after := coalesce(v_item.expanded_until, v_item.start_local + interval '400 days');
    else
        delete from occurrence as o
         where o.user_id = p_user
           and (p_kind = 'lecture' and o.lecture_id = p_id
                or p_kind = 'assignment' and o.assignment_id = p_id)
           and (not v_item.is_series or o.recurrence_id < v_item.start_local
                or o.recurrence_id >= now() at time zone v_item.timezone - interval '400 days')
           and not exists (select from unnest(v_dates) as d where d = o.recurrence_id);
        update occurrence as o
           set starts_at = occurrence_at(v_item, o.recurrence_id, o.start_local),
               ends_at = occurrence_at(v_item, o.recurrence_id, o.start_local)
                         + make_interval(mins => coalesce(o.duration_minutes, v_item.minutes)),
               version = o.version + 1, updated_at = now()
         where o.user_id = p_user
           and (p_kind = 'lecture' and o.lecture_id = p_id
                or p_kind = 'assignment' and o.assignment_id = p_id)
           and (o.starts_at, o.ends_at - o.starts_at)
               is distinct from (occurrence_at(v_item, o.recurrence_id, o.start_local),
                                 make_interval(mins => coalesce(o.duration_minutes,
                                                                v_item.minutes)));
    end if;
    insert into occurrence (id, user_id, assignment_id, lecture_id, recurrence_id, starts_at,
                            ends_at)
    select uuid7(), p_user, case p_kind when 'assignment' then p_id end,
           case p_kind when 'lecture' then p_id end, d, occurrence_at(v_item, d, null),
           occurrence_at(v_item, d, null) + make_interval(mins => v_item.minutes)
      from unnest(v_dates) as d
    on conflict do nothing;
    perform remind_of_item(p_kind, p_id, p_user, v_after);
    if p_kind = 'lecture' then
        update lecture set expanded_until = case when v_item.is_series then v_until
                                                 else 'infinity' end
         where id = p_id and user_id = p_user;
    elsif v_item.is_series or v_item.expanded_until is not null then
        update assignment set expanded_until = case when v_item.is_series then v_until end
         where id = p_id and user_id = p_user;
    end if;
end
$$;

-- For the clock: adds what has come into the window, the series that have the least first. Returns
-- how many it has looked at; fewer than p_limit means that none is left.
create function extend_series(p_limit integer) returns integer
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_item  record;
    v_count integer := 0;
begin
    for v_item in
        with lectures as (
            select 'lecture' as kind, id, user_id from lecture
             where deleted_at is null
               and coalesce(expanded_until, '-infinity') < now() at time zone 'UTC'
                                                           + interval '370 days'
             order by coalesce(expanded_until, '-infinity')
             limit p_limit for update skip locked
        ), assignments as (
            select 'assignment' as kind, id, user_id from assignment
             where deleted_at is null and (recurrence is not null or rdates <> '{}')
               and coalesce(expanded_until, '-infinity') < now() at time zone 'UTC'
                                                           + interval '370 days'
             order by coalesce(expanded_until, '-infinity')
             limit p_limit for update skip locked
        )
        select * from lectures union all select * from assignments
    loop
        perform plan_item(v_item.kind, v_item.id, v_item.user_id, true);
        v_count := v_count + 1;
    end loop;
    return v_count;
end
$$;

-- For courses: the first lecture of a new course, once or as a series of p_count occurrences
-- p_weeks apart, with reminders for each.
create or replace function add_first_lecture(p_id uuid, p_user uuid, p_course uuid, p_title text,
                                             p_start_local timestamp, p_timezone text,
                                             p_minutes integer, p_location text, p_weeks integer,
                                             p_count integer, p_offsets integer[]) returns uuid
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_rule text := case when p_count > 1 then
        concat('FREQ=WEEKLY', case when p_weeks > 1 then format(';INTERVAL=%s', p_weeks) end,
               format(';COUNT=%s', p_count)) end;
begin
    insert into lecture (id, user_id, course_id, title, start_local, timezone, starts_at,
                         duration_minutes, location, recurrence, reminders)
    values (p_id, p_user, p_course, p_title, p_start_local, p_timezone,
            p_start_local at time zone p_timezone, p_minutes, p_location, v_rule, p_offsets);
    insert into task_creation (item_id, user_id) values (p_id, p_user);
    perform plan_item('lecture', p_id, p_user);
    return p_id;
end
$$;

grant execute on function item_dates, remind_of_item, occurrence_at, plan_item
    to campus_app, campus_system;
grant execute on function extend_series to campus_system;
