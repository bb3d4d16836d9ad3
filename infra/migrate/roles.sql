-- Roles and what they may do. Run by the admin connection before every `up`; running it again
-- changes nothing. Roles belong to the whole server, grants to one database: several databases of
-- one server may run this at once, so a role is only touched when something about it differs.

do $$
declare
    wanted record;
    existing pg_roles;
begin
    for wanted in
        select *
        from (values ('campus_migrator', false), ('campus_definer', false),
                     ('campus_app', true), ('campus_system', true), ('campus_support', true))
             as role (name, login)
    loop
        select * into existing from pg_roles where rolname = wanted.name;
        if not found then
            execute format('create role %I %s', wanted.name,
                           case when wanted.login then 'login' else 'nologin' end);
        elsif existing.rolsuper or existing.rolbypassrls or existing.rolcreaterole
              or existing.rolcreatedb or existing.rolreplication
              or existing.rolcanlogin <> wanted.login then
            raise exception 'role % has attributes that it must not have', wanted.name
                using hint = 'Expected: no superuser, createdb, createrole, replication or '
                             'bypassrls; login only for app, system and support.';
        end if;
    end loop;
end
$$;

do $$
declare
    wanted record;
begin
    for wanted in
        select role, setting, value
        from unnest(array['campus_app', 'campus_system', 'campus_support']) as role,
             (values ('statement_timeout', '20s'), ('lock_timeout', '5s'),
                     ('idle_in_transaction_session_timeout', '30s'), ('timezone', 'UTC'))
             as defaults (setting, value)
    loop
        if not exists (select from pg_roles
                       where rolname = wanted.role
                         and lower(wanted.setting) || '=' || wanted.value = any (
                             select lower(split_part(config, '=', 1)) || '='
                                    || split_part(config, '=', 2)
                             from unnest(rolconfig) as config)) then
            execute format('alter role %I set %I to %L',
                           wanted.role, wanted.setting, wanted.value);
        end if;
    end loop;
end
$$;

-- The migrator hands functions and materialized views to the definer. The support role reads
-- statistics for the admin routes. An admin that is no superuser (a managed server) must be a
-- member of the migrator to become it.
do $$
begin
    if not pg_has_role('campus_migrator', 'campus_definer', 'member') then
        grant campus_definer to campus_migrator;
    end if;
    if not pg_has_role('campus_support', 'pg_monitor', 'member') then
        grant pg_monitor to campus_support;
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) then
        grant campus_migrator, campus_definer to current_user;
    end if;
end
$$;

-- Extensions need the admin; not every server has pg_stat_statements, or gives it to its admin.
create extension if not exists btree_gist;
create extension if not exists pg_trgm;
do $$
begin
    if exists (select from pg_available_extensions where name = 'pg_stat_statements') then
        create extension if not exists pg_stat_statements;
    end if;
exception when insufficient_privilege then
    raise warning 'slow queries cannot be listed: %', sqlerrm;
end
$$;

-- Only migrations make objects. The definer may too, since PostgreSQL hands an object over only
-- to a role that could have made it; nobody can log in as either.
revoke create on schema public from public;
grant usage on schema public
    to campus_migrator, campus_definer, campus_app, campus_system, campus_support;
grant create on schema public to campus_migrator, campus_definer;

-- What migrations make is usable at once: rows, never TRUNCATE, and functions only by name.
alter default privileges for role campus_migrator in schema public
    grant select, insert, update, delete on tables
    to campus_app, campus_system, campus_support, campus_definer;
alter default privileges for role campus_migrator in schema public
    grant usage, select on sequences
    to campus_app, campus_system, campus_support, campus_definer;
alter default privileges for role campus_migrator revoke execute on routines from public;
alter default privileges for role campus_definer revoke execute on routines from public;
