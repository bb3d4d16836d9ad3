-- The procedures that later migrations call, so that no table forgets a convention.

-- protect(table, owner column): row-level security for every role, the owner of the table
-- included. The application sees the rows of the user named in app.user_id, and none without it;
-- the other roles see all rows, by a policy of their own instead of BYPASSRLS. The subselect is
-- evaluated once a query, not once a row.
create procedure protect(table_name regclass, owner_column text default 'user_id')
language plpgsql
as $$
declare
    plain_name text := (select relname from pg_class where oid = table_name);
    role_name text;
    condition text;
begin
    execute format('alter table %s enable row level security', table_name);
    execute format('alter table %s force row level security', table_name);
    foreach role_name in array array['campus_app', 'campus_system', 'campus_support',
                                     'campus_definer', 'campus_migrator']
    loop
        condition := case role_name
            when 'campus_app' then format(
                '%I = (select nullif(current_setting(''app.user_id'', true), '''')::uuid)',
                owner_column)
            else 'true'
        end;
        execute format('drop policy if exists %I on %s', plain_name || '_' || role_name, table_name);
        execute format('create policy %I on %s to %I using (%s) with check (%s)',
                       plain_name || '_' || role_name, table_name, role_name, condition, condition);
    end loop;
end
$$;

-- bound_times(table): every timestamptz column lies in 1970..2199. PostgreSQL stores instants
-- that clients cannot read back (year 10000, infinity); one such row would break every list.
create procedure bound_times(table_name regclass)
language plpgsql
as $$
declare
    plain_name text := (select relname from pg_class where oid = table_name);
    column_name name;
begin
    for column_name in
        select attname
        from pg_attribute
        where attrelid = table_name and atttypid = 'timestamptz'::regtype
          and attnum > 0 and not attisdropped
          and not exists (select
                          from pg_constraint
                          where conrelid = table_name
                            and conname = format('%s_%s_bounded', plain_name, attname))
        order by attnum
    loop
        execute format('alter table %s add constraint %I check (%I >= %L and %I < %L)',
                       table_name, format('%s_%s_bounded', plain_name, column_name),
                       column_name, '1970-01-01T00:00:00Z', column_name, '2200-01-01T00:00:00Z');
    end loop;
end
$$;

-- run_as_definer(function, roles): the function sees all rows; only `callers` may run it. The
-- search path is fixed, so that a caller cannot slip in an object of their own.
create procedure run_as_definer(routine regprocedure, variadic callers name [])
language plpgsql
as $$
declare
    caller name;
begin
    execute format('alter routine %s security definer', routine);
    execute format('alter routine %s set search_path to public, pg_temp', routine);
    execute format('alter routine %s owner to campus_definer', routine);
    execute format('revoke all on routine %s from public', routine);
    foreach caller in array callers
    loop
        execute format('grant execute on routine %s to %I', routine, caller);
    end loop;
end
$$;
