-- What is removed after how long, the record of each run, and the health last told.

create table retention_policy (
    name       text    not null,
    table_name text,
    tier       text    check (tier in ('free', 'premium')),
    hours      integer not null check (hours between 0 and 100000),
    action     text    not null default 'purge' check (action in ('purge', 'anonymize')),
    unique nulls not distinct (name, table_name, tier)
);
revoke all on retention_policy from campus_app;
-- A trash policy without a table is for every deletable table that has none of its own.
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['assignment', 'lecture', 'study_session', 'reminder', 'course'])
       as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);
insert into retention_policy (name, table_name, hours) values
    ('trash', null, 720),
    ('idempotency_keys', 'idempotency_key', 0),
    ('rate_limits', 'rate_limit', 24),
    ('rate_limits', 'used_nonce', 1),
    ('inbox', 'inbox', 720),
    ('inbox', 'consumer_failure', 720),
    ('inbox', 'cleanup_run', 720);

-- One row a run. A run that ran out of time has no finished_at; the next one goes on from `cursor`.
create table cleanup_run (
    id          uuid primary key,
    policy      text        not null,
    started_at  timestamptz not null default now(),
    finished_at timestamptz,
    scanned     integer     not null default 0,
    deleted     integer     not null default 0,
    failed      integer     not null default 0,
    duration_ms bigint      not null default 0,
    cursor      jsonb       not null default '{}'
);
create unique index cleanup_run_open on cleanup_run (policy) where finished_at is null;
create index cleanup_run_recent on cleanup_run (started_at, id);
create index cleanup_run_finished on cleanup_run (finished_at) where finished_at is not null;
revoke all on cleanup_run from campus_app;
-- What the health watch told last, so that only a change is told again.
create table health_state (
    component  text primary key,
    status     text        not null check (status in ('healthy', 'degraded', 'unhealthy')),
    changed_at timestamptz not null default now()
);
revoke all on health_state from campus_app;

-- Removes for good one batch of a table's trash, oldest first, starting after a position. What
-- refers to a row with the policy `keep` stays and forgets it; a row that something still needs
-- stays and counts as failed, without keeping the others of its batch.
create function purge_trash_batch(p_table text, p_tier text, p_before timestamptz,
                                  p_after_time timestamptz, p_after_id uuid, p_limit integer)
returns table (scanned integer, deleted integer, failed integer,
               last_time timestamptz, last_id uuid)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_owner   text;
    v_ids     uuid[];
    v_id      uuid;
    v_policy  record;
    v_deleted integer := 0;
begin
    select owner into v_owner from deletable where table_name = p_table;
    if not found then
        raise invalid_parameter_value using message = 'not a deletable table';
    end if;
    execute format(
        'with batch as (
             select t.id, t.deleted_at from %1$I t join app_user u on u.id = t.%2$I
              where t.deleted_at < $1 and (t.deleted_at, t.id) > ($2, $3)
                and u.subscription_tier = $4
              order by t.deleted_at, t.id limit $5 for update of t skip locked)
         select array_agg(id), max(deleted_at),
                (array_agg(id order by deleted_at desc, id desc))[1] from batch', p_table, v_owner)
       into v_ids, last_time, last_id
      using p_before, p_after_time, p_after_id, p_tier, p_limit;
    scanned := coalesce(cardinality(v_ids), 0);
    for v_policy in
        select child_table, child_column from deletion_policy
         where parent_table = p_table and action = 'keep'
    loop
        execute format('update %1$I set %2$I = null, updated_at = now(), version = version + 1
                         where %2$I = any($1)', v_policy.child_table, v_policy.child_column)
          using v_ids;
    end loop;
    begin
        execute format('delete from %I where id = any($1)', p_table) using v_ids;
        v_deleted := scanned;
    exception when foreign_key_violation then
        foreach v_id in array v_ids loop
            begin
                execute format('delete from %I where id = $1', p_table) using v_id;
                v_deleted := v_deleted + 1;
            exception when foreign_key_violation then
                null;  -- counted below as failed; the next run tries it again
            end;
        end loop;
    end;
    deleted := v_deleted;
    failed := scanned - v_deleted;
    return next;
end
$$;
revoke execute on function purge_trash_batch from public;
grant execute on function purge_trash_batch to campus_system;
