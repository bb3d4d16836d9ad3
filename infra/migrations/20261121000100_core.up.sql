-- What the shared layer stands on: people and their credentials, admission, limits, idempotency,
-- the event history with its outbox and inbox, and soft deletion.

-- UUIDv7 (RFC 9562, 5.7) for rows that a statement makes in sets; all others get theirs in Python.
create function uuid7() returns uuid
language sql volatile set search_path = public, pg_temp as $$
    select encode(set_bit(set_bit(
               overlay(uuid_send(gen_random_uuid())
                       placing substring(int8send(floor(extract(epoch from clock_timestamp())
                                                        * 1000)::bigint) from 3)
                       from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

create table app_user (
    id                      uuid primary key,
    email                   text        not null check (length(email) between 3 and 320),
    email_verified_at       timestamptz,
    first_name              text        not null default '' check (length(first_name) <= 50),
    last_name               text        not null default '' check (length(last_name) <= 50),
    username                text        check (username ~ '^[A-Za-z0-9_.]{4,20}$'),
    avatar_key              text,
    timezone                text        not null default 'UTC',
    locale                  text        not null default 'en',
    week_starts_on          smallint    not null default 1 check (week_starts_on between 0 and 6),
    date_of_birth           date,
    parental_consent        boolean     not null default false,
    country                 text        check (length(country) <= 100),
    university              text        check (length(university) <= 100),
    program                 text        check (length(program) <= 100),
    bio                     text        check (length(bio) <= 500),
    role                    text        not null default 'user'
                                        check (role in ('user', 'support', 'admin')),
    account_status          text        not null default 'active'
                                        check (account_status in
                                               ('active', 'suspended', 'pending_deletion', 'deleted')),
    suspended_until         timestamptz,
    deletion_scheduled_at   timestamptz,
    onboarding_completed_at timestamptz,
    marketing_opt_in        boolean     not null default false,
    subscription_tier       text        not null default 'free'
                                        check (subscription_tier in ('free', 'premium')),
    subscription_status     text        check (subscription_status in
                                               ('active', 'past_due', 'canceled', 'expired')),
    subscription_expires_at timestamptz,
    preferences             jsonb       not null default '{}',
    stripe_customer_id      text,
    version                 integer     not null default 1,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now()
);
create unique index app_user_email on app_user (lower(email)) where account_status <> 'deleted';
create unique index app_user_username on app_user (lower(username)) where account_status <> 'deleted';
create index app_user_status on app_user (account_status, created_at, id);
create index app_user_created on app_user (created_at, id);
create index app_user_suspension on app_user (suspended_until) where account_status = 'suspended';
call protect('app_user', 'id');

-- A sign-in subject of an issuer, mapped to our own user id.
create table identity (
    issuer     text        not null,
    subject    text        not null,
    user_id    uuid        not null references app_user,
    created_at timestamptz not null default now(),
    primary key (issuer, subject)
);
create index identity_user on identity (user_id);
call protect('identity');

create table api_key (
    id             uuid primary key,
    user_id        uuid        not null references app_user,
    name           text        not null check (length(name) between 1 and 100),
    prefix         text        not null,
    key_hash       bytea       not null,
    signing_secret bytea       not null,
    scopes         text[]      not null default '{}',
    expires_at     timestamptz not null,
    revoked_at     timestamptz,
    version        integer     not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);
create unique index api_key_hash on api_key (key_hash);
create index api_key_owner on api_key (user_id, created_at, id) where revoked_at is null;
call protect('api_key');

-- Nonces of signed requests, accepted once (kept a little longer than the tolerance of 5 minutes).
create table used_nonce (
    api_key_id uuid        not null,
    nonce      text        not null check (length(nonce) between 8 and 128),
    used_at    timestamptz not null default now(),
    primary key (api_key_id, nonce)
);
create index used_nonce_age on used_nonce (used_at);

-- One number that moves when something cached changed for everybody (flags, preferences, courses).
create table cache_generation (
    only_row   boolean primary key default true check (only_row),
    generation bigint  not null default 1
);
insert into cache_generation default values;

-- Unlogged: a crash forgets at most a minute of counts, and no commit waits for the disk.
create unlogged table rate_limit (
    key         text primary key,
    minute      bigint  not null,
    current     integer not null,
    previous    integer not null default 0,
    violations  real    not null default 0,
    violated_at timestamptz
);
create index rate_limit_age on rate_limit (minute);

create table idempotency_key (
    user_id      uuid        not null,
    key          text        not null check (length(key) between 1 and 255),
    request_hash bytea       not null,
    status       smallint,
    headers      jsonb,
    body         bytea,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    primary key (user_id, key)
);
create index idempotency_key_expiry on idempotency_key (expires_at);
call protect('idempotency_key');

-- The append-only history of facts: audit trail, source of every projection, kept 7 years.
create table event (
    id              uuid        not null,
    occurred_at     timestamptz not null,
    type            text        not null check (type ~ '^[a-z_]+\.[a-z_]+$'),
    version         smallint    not null,
    source          text        not null,
    actor_type      text        not null check (actor_type in ('user', 'api_key', 'system', 'provider')),
    actor_id        text,
    on_behalf_of    uuid,
    user_id         uuid,
    organization_id uuid,
    entity_type     text        not null,
    entity_id       text        not null,
    entity_version  integer     not null,
    audience        text        not null check (audience in ('user', 'staff', 'organization')),
    correlation_id  text        not null,
    causation_id    uuid,
    request_id      text,
    trace_id        text,
    api_version     text,
    data            jsonb       not null check (octet_length(data::text) <= 8192),
    position        xid8        not null default pg_current_xact_id(),
    primary key (id, occurred_at)
) partition by range (occurred_at);
create index event_user on event (user_id, occurred_at, id);
create index event_correlation on event (correlation_id, occurred_at, id);
create index event_type on event (type, occurred_at, id);
create index event_entity on event (entity_type, entity_id, occurred_at, id);
create index event_time on event (occurred_at, id);

create function ensure_event_partitions(from_month date, months integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month date;
    name  text;
    made  integer := 0;
begin
    for month in
        select (date_trunc('month', from_month) + make_interval(months => n))::date
          from generate_series(0, months - 1) as n
    loop
        name := 'event_' || to_char(month, 'YYYY_MM');
        if to_regclass(name) is null then
            execute format('create table %I partition of event for values from (%L) to (%L)',
                           name, month, (month + interval '1 month')::date);
            call protect(name::regclass, 'user_id');
            made := made + 1;
        end if;
    end loop;
    return made;
end
$$;
call protect('event');
select ensure_event_partitions('2026-10-01', 24);
create table event_default partition of event default;
call protect('event_default');
-- The app role adds facts about whomever its request concerns; it reads only its user's own.
drop policy event_campus_app on event;
create policy event_campus_app_read on event for select to campus_app
    using (user_id = (select nullif(current_setting('app.user_id', true), '')::uuid));
create policy event_campus_app_add on event for insert to campus_app with check (true);
revoke update, delete on event from campus_app, campus_support;

-- What still has to be published: a row until the bus has confirmed the event.
create table outbox (
    event_id      uuid primary key,
    occurred_at   timestamptz not null,
    claimed_until timestamptz not null,
    attempts      integer     not null default 0
);
create index outbox_due on outbox (claimed_until, event_id);

-- Which subscriber has taken which event into effect.
create table inbox (
    subscriber  text        not null,
    event_id    uuid        not null,
    received_at timestamptz not null default now(),
    primary key (event_id, subscriber)
);
create index inbox_age on inbox (received_at);

-- Failures of subscribers, grouped by exception type and first application frame.
create table consumer_failure (
    event_id       uuid        not null,
    subscriber     text        not null,
    event_type     text        not null,
    failure_group  text        not null,
    attempts       integer     not null default 1,
    first_at       timestamptz not null default now(),
    last_at        timestamptz not null default now(),
    resolved_at    timestamptz,
    primary key (event_id, subscriber)
);
create index consumer_failure_open on consumer_failure (last_at, event_id) where resolved_at is null;
create index consumer_failure_resolved on consumer_failure (resolved_at)
    where resolved_at is not null;


-- Sliding minute: the running minute plus the share of the last one that is still in the window.
-- Returns the count with this request in it, in the order of the keys, and decayed violations.
create function count_requests(keys text[], costs integer[])
returns table (key text, used integer, violations real)
language sql volatile security definer set search_path = public, pg_temp as $$
    insert into rate_limit as r (key, minute, current)
    select t.key, floor(extract(epoch from clock_timestamp()) / 60)::bigint, max(t.cost)
      from unnest(keys, costs) as t (key, cost)
     group by t.key
     order by t.key
    on conflict (key) do update
       set previous = case excluded.minute - r.minute when 0 then r.previous
                                                      when 1 then r.current else 0 end,
           current  = case when excluded.minute = r.minute
                           then least(r.current + excluded.current, 1000000)
                           else excluded.current end,
           minute   = greatest(r.minute, excluded.minute)
    returning r.key,
              (r.current + ceil(r.previous * (1 - mod(extract(epoch from clock_timestamp()), 60) / 60))
              )::integer,
              (r.violations * greatest(0, 1 - extract(epoch from clock_timestamp() - r.violated_at)
                                              / 86400))::real
$$;

-- One more violation of a key; earlier ones fade over 24 hours. Returns the score.
create function record_violation(violated_key text) returns real
language sql volatile security definer set search_path = public, pg_temp as $$
    update rate_limit as r
       set violations = 1 + coalesce(r.violations * greatest(0, 1 - extract(epoch from
                                     clock_timestamp() - r.violated_at) / 86400), 0),
           violated_at = clock_timestamp()
     where r.key = violated_key
    returning r.violations
$$;

-- Resolves a token's subject or an API key's hash to the caller, and sets the tenant settings of
-- this transaction. No row: unknown caller.
create function admit(p_issuer text, p_subject text, p_key_hash bytea)
returns table (user_id uuid, role text, account_status text, suspended_until timestamptz,
               tier text, timezone text, api_key_id uuid, scopes text[],
               organization_ids uuid[], generation bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_user_id uuid;
    v_key_id  uuid;
    v_scopes  text[];
begin
    if p_key_hash is not null then
        select k.user_id, k.id, k.scopes into v_user_id, v_key_id, v_scopes
          from api_key k
         where k.key_hash = p_key_hash and k.revoked_at is null and k.expires_at > now();
    else
        select i.user_id into v_user_id
          from identity i
         where i.issuer = p_issuer and i.subject = p_subject;
    end if;
    if v_user_id is null then
        return;
    end if;
    perform set_config('app.user_id', v_user_id::text, true),
            set_config('app.organization_ids', '{}', true),
            set_config('app.course_ids', '{}', true);
    return query
    select u.id, u.role, u.account_status, u.suspended_until,
           case when u.subscription_tier = 'premium'
                 and coalesce(u.subscription_expires_at > now(), true)
                then 'premium' else 'free' end,
           u.timezone, v_key_id, v_scopes, '{}'::uuid[], g.generation
      from app_user u cross join cache_generation g
     where u.id = v_user_id;
end
$$;

-- Claims an idempotency key of the admitted user. A twin waits here for the first one's commit.
create function claim_idempotency_key(p_key text, p_hash bytea)
returns table (claimed boolean, request_hash bytea, status smallint, headers jsonb, body bytea)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_user_id uuid := nullif(current_setting('app.user_id', true), '')::uuid;
begin
    if v_user_id is null then
        return;
    end if;
    insert into idempotency_key as k (user_id, key, request_hash, expires_at)
    values (v_user_id, p_key, p_hash, now() + interval '24 hours')
    on conflict (user_id, key) do update
       set request_hash = excluded.request_hash, status = null, headers = null, body = null,
           created_at = now(), expires_at = excluded.expires_at
     where k.expires_at < now();
    if found then
        return query select true, p_hash, null::smallint, null::jsonb, null::bytea;
    else
        return query select false, k.request_hash, k.status, k.headers, k.body
                       from idempotency_key k
                      where k.user_id = v_user_id and k.key = p_key;
    end if;
end
$$;

-- Creates the account of a confirmed subject, once. A known, live e-mail address gains the subject.
create function provision_user(p_id uuid, p_issuer text, p_subject text, p_email text,
                               p_first_name text, p_last_name text)
returns table (user_id uuid, created boolean)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_user_id uuid;
    v_created boolean := false;
begin
    perform pg_advisory_xact_lock(hashtextextended(lower(p_email), 0));
    select i.user_id into v_user_id
      from identity i where i.issuer = p_issuer and i.subject = p_subject;
    if v_user_id is null then
        select u.id into v_user_id
          from app_user u where lower(u.email) = lower(p_email) and u.account_status <> 'deleted';
        if v_user_id is null then
            insert into app_user (id, email, email_verified_at, first_name, last_name)
            values (p_id, p_email, now(), left(p_first_name, 50), left(p_last_name, 50));
            v_user_id := p_id;
            v_created := true;
        end if;
        insert into identity (issuer, subject, user_id) values (p_issuer, p_subject, v_user_id);
    end if;
    perform set_config('app.user_id', v_user_id::text, true);
    return query select v_user_id, v_created;
end
$$;

-- Soft deletion. Every deletable table has deleted_at, deleted_by and deletion_id; every foreign
-- key to one has a row here that says what a deletion of the parent does to the child.
create table deletable (
    table_name text primary key,
    owner      text not null default 'user_id'
);
create table deletion_policy (
    child_table  text not null,
    child_column text not null,
    parent_table text not null references deletable,
    action       text not null check (action in ('cascade', 'keep')),
    primary key (child_table, child_column)
);

-- Stamps one live record and its cascading children with one deletion id. Returns how many rows of
-- each table, {} when there is no such live record of this owner (and version, when one is given).
create function soft_delete_record(p_table text, p_id uuid, p_user uuid, p_deletion uuid,
                                   p_version integer default null) returns jsonb
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_owner  text;
    v_ids    uuid[];
    v_counts jsonb := '{}';
begin
    select owner into v_owner from deletable where table_name = p_table;
    if not found then
        raise invalid_parameter_value using message = 'not a deletable table';
    end if;
    execute format(
        'with hit as (update %I set deleted_at = now(), deleted_by = $2, deletion_id = $3,
                             updated_at = now(), version = version + 1
                       where id = $1 and %I = $2 and deleted_at is null
                         and ($4::integer is null or version = $4) returning id)
         select array_agg(id) from hit', p_table, v_owner)
       into v_ids using p_id, p_user, p_deletion, p_version;
    if v_ids is not null then
        v_counts := jsonb_build_object(p_table, 1)
                    || soft_delete_children(p_table, v_ids, p_user, p_deletion);
    end if;
    return v_counts;
end
$$;

create function soft_delete_children(p_table text, p_ids uuid[], p_user uuid, p_deletion uuid)
returns jsonb
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_policy record;
    v_ids    uuid[];
    v_counts jsonb := '{}';
begin
    for v_policy in
        select p.child_table, p.child_column, d.owner
          from deletion_policy p join deletable d on d.table_name = p.child_table
         where p.parent_table = p_table and p.action = 'cascade'
         order by p.child_table, p.child_column
    loop
        execute format(
            'with hit as (update %I set deleted_at = now(), deleted_by = $2, deletion_id = $3,
                                 updated_at = now(), version = version + 1
                           where %I = any($1) and %I = $2 and deleted_at is null returning id)
             select array_agg(id) from hit',
            v_policy.child_table, v_policy.child_column, v_policy.owner)
           into v_ids using p_ids, p_user, p_deletion;
        if v_ids is not null then
            v_counts := v_counts
                || jsonb_build_object(v_policy.child_table, cardinality(v_ids)
                                      + coalesce((v_counts ->> v_policy.child_table)::integer, 0))
                || soft_delete_children(v_policy.child_table, v_ids, p_user, p_deletion);
        end if;
    end loop;
    return v_counts;
end
$$;

-- Brings back every row of one table that a deletion stamped, and nothing else. Returns how many.
create function restore_record(p_table text, p_deletion uuid, p_user uuid) returns integer
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_owner text;
    v_count integer;
begin
    select owner into v_owner from deletable where table_name = p_table;
    if not found then
        raise invalid_parameter_value using message = 'not a deletable table';
    end if;
    execute format(
        'update %I set deleted_at = null, deleted_by = null, deletion_id = null,
                updated_at = now(), version = version + 1
          where deletion_id = $1 and %I = $2 and deleted_at is not null', p_table, v_owner)
      using p_deletion, p_user;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

-- Removes for good up to p_limit rows of a table that were deleted before a time. Returns how many.
create function purge_deleted(p_table text, p_before timestamptz, p_tier text default null,
                              p_limit integer default 500) returns integer
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_owner text;
    v_count integer;
begin
    select owner into v_owner from deletable where table_name = p_table;
    if not found then
        raise invalid_parameter_value using message = 'not a deletable table';
    end if;
    execute format(
        'delete from %1$I where id in (
            select t.id from %1$I t join app_user u on u.id = t.%2$I
             where t.deleted_at < $1 and ($2::text is null or u.subscription_tier = $2)
             order by t.deleted_at limit $3 for update of t skip locked)', p_table, v_owner)
      using p_before, p_tier, p_limit;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

alter function admit owner to campus_definer;
alter function provision_user owner to campus_definer;
alter function count_requests owner to campus_definer;
alter function record_violation owner to campus_definer;
grant select, insert, update on rate_limit to campus_definer;
grant select on app_user, identity, api_key, cache_generation to campus_definer;
grant insert on app_user, identity to campus_definer;
revoke all on rate_limit from campus_app, campus_support;
revoke insert, update, delete on cache_generation, deletable, deletion_policy from campus_app;
revoke insert, delete on app_user from campus_app;
revoke insert, update, delete on identity from campus_app;
grant execute on function uuid7, count_requests, record_violation, admit, claim_idempotency_key,
    provision_user, soft_delete_record, soft_delete_children, restore_record, purge_deleted
    to campus_app, campus_system, campus_support;
grant execute on function ensure_event_partitions to campus_system;
