-- blocking: nothing is deployed before this migration, so the indexed tables are empty
-- What support and administrators do, why they do it, and how they find it again.

-- One row for each change that a member of staff makes. Rows are only added. Who acts and whom it
-- concerns have no foreign keys: this trail outlives both accounts.
create table admin_action (
    id             uuid primary key,
    action         text        not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
    actor_id       uuid        not null,
    target_type    text        not null check (length(target_type) between 1 and 50),
    target_id      text        not null check (length(target_id) between 1 and 200),
    reason         text        not null check (length(reason) between 3 and 500),
    before         jsonb       not null default '{}',
    after          jsonb       not null default '{}',
    event_id       uuid        not null,
    correlation_id text        not null,
    created_at     timestamptz not null default now()
);
create unique index admin_action_event on admin_action (event_id);
create index admin_action_target on admin_action (target_type, target_id, created_at, id);
create index admin_action_actor on admin_action (actor_id, created_at, id);
call bound_times('admin_action');
revoke all on admin_action from campus_app;
revoke update, delete on admin_action from campus_support, campus_system;

-- The audit of one person's or key's own doings. Subscribers act far more often and are found by
-- correlation, so they are left out.
-- squawk-ignore require-concurrent-index-creation
create index event_actor on event (actor_id, occurred_at, id)
    where actor_type in ('user', 'api_key');

-- Support searches people by any part of address or name, and lists them by role and plan.
-- squawk-ignore require-concurrent-index-creation
create index app_user_search on app_user
    using gin (lower(email || ' ' || first_name || ' ' || last_name) gin_trgm_ops);

-- squawk-ignore require-concurrent-index-creation
create index app_user_role on app_user (role, created_at, id);
-- squawk-ignore require-concurrent-index-creation
create index app_user_tier on app_user (subscription_tier, created_at, id);

-- The LIKE pattern of "contains this text", whatever wildcards the text itself holds.
create function contains_pattern(wanted text) returns text
language sql immutable set search_path = public, pg_temp as $$
    select '%' || regexp_replace(lower(wanted), '([\\%_])', '\\\1', 'g') || '%'
$$;
grant execute on function contains_pattern to campus_support;
