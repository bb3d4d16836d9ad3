-- Calendars to subscribe to: what somebody plans, behind an address that is a permission in itself.

-- No kinds or courses named: all of them. Of the token there is a SHA-256.
create table calendar_feed (
    id          uuid primary key,
    user_id     uuid        not null references app_user,
    name        text        not null check (length(name) between 1 and 100),
    kinds       text[]      not null default '{}'
                            check (kinds <@ array['assignment', 'lecture', 'study_session']),
    course_ids  uuid[]      not null default '{}' check (cardinality(course_ids) <= 50),
    token_hash  bytea       not null check (length(token_hash) = 32),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid
);
create unique index calendar_feed_token on calendar_feed (token_hash);
create index calendar_feed_created on calendar_feed (user_id, created_at, id)
    where deleted_at is null;
create index calendar_feed_deletion on calendar_feed (deletion_id) where deletion_id is not null;
create index calendar_feed_purge on calendar_feed (deleted_at) where deleted_at is not null;
call protect('calendar_feed');
call bound_times('calendar_feed');

insert into deletable (table_name) values ('calendar_feed');
insert into retention_policy (name, table_name, tier, hours) values
    ('trash', 'calendar_feed', 'free', 48), ('trash', 'calendar_feed', 'premium', 120);
create view active_calendar_feed with (security_invoker) as
    select * from calendar_feed where deleted_at is null;
create view deleted_calendar_feed with (security_invoker) as
    select * from calendar_feed where deleted_at is not null;

-- Whether the caller may name all of these courses; whoever reads a course may.
create function courses_are_open(p_courses uuid[]) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce(bool_and(course_is_open(c)), true) from unnest(p_courses) as c
$$;
grant execute on function courses_are_open to campus_app;

-- What a feed is about, and for the rest of this transaction its owner's rows: who has the token
-- sees what the owner sees. No row: no such feed, or an owner who may not sign in.
create function open_calendar_feed(p_hash bytea)
returns table (user_id uuid, name text, kinds text[], course_ids uuid[], timezone text)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select f.user_id, f.name, f.kinds, f.course_ids, u.timezone
      from calendar_feed as f join app_user as u on u.id = f.user_id
     where f.token_hash = p_hash and f.deleted_at is null
       and (u.account_status = 'active'
            or u.account_status = 'suspended' and u.suspended_until <= now());
    perform set_config('app.user_id', f.user_id::text, true)
       from calendar_feed as f
      where found and f.token_hash = p_hash and f.deleted_at is null;
end
$$;
call run_as_definer('open_calendar_feed(bytea)', 'campus_app');
