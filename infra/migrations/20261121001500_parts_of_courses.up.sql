-- How the parts of courses are deleted, come back and go for good: whatever kind they are of, by the
-- declared policies. All of it runs in the caller's transaction and role.

-- Moves one live record to the trash with all that hangs on it. Returns its new version; null when
-- there is no such live record of this owner (and version, when one is given).
create function delete_part(p_table text, p_id uuid, p_user uuid, p_deletion uuid,
                            p_version integer) returns integer
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_version integer;
begin
    if soft_delete_record(p_table, p_id, p_user, p_deletion, p_version) <> '{}' then
        execute format('select version from %I where id = $1', p_table) into v_version using p_id;
    end if;
    return v_version;
end
$$;

-- The tables that a deletion of a table's record may reach, itself among them.
create function parts_below(p_table text) returns setof text
language sql stable security invoker set search_path = public, pg_temp as $$
    with recursive below as (
        select p_table as table_name
        union
        select p.child_table from deletion_policy as p
          join below as b on b.table_name = p.parent_table
         where p.action = 'cascade'
    )
    select table_name from below
$$;

-- Every live record that a deletion of records of a table would take along, some of them twice.
create function parts_of(p_table text, p_ids uuid[], p_user uuid)
returns table (table_name text, id uuid)
language plpgsql stable security invoker set search_path = public, pg_temp as $$
declare
    v_policy record;
    v_ids    uuid[];
begin
    for v_policy in
        select p.child_table, p.child_column, d.owner
          from deletion_policy as p join deletable as d on d.table_name = p.child_table
         where p.parent_table = p_table and p.action = 'cascade'
    loop
        execute format('select array_agg(id) from %I
                         where %I = any($1) and %I = $2 and deleted_at is null',
                       v_policy.child_table, v_policy.child_column, v_policy.owner)
           into v_ids using p_ids, p_user;
        if v_ids is not null then
            return query select v_policy.child_table, unnest(v_ids)
                          union all
                         select * from parts_of(v_policy.child_table, v_ids, p_user);
        end if;
    end loop;
end
$$;

-- How many records of each kind (`lessons`, `flashcards`) a deletion of this one would take along.
create function count_parts(p_table text, p_id uuid, p_user uuid) returns jsonb
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce(jsonb_object_agg(b.name || 's', coalesce(c.number, 0)), '{}')
      from parts_below(p_table) as b (name)
           left join (select table_name, count(distinct id) as number
                        from parts_of(p_table, array[p_id], p_user) group by table_name) as c
                  on c.table_name = b.name
     where b.name <> p_table
$$;

-- Whether nothing that the record belongs to is in the trash.
create function part_has_parents(p_table text, p_id uuid) returns boolean
language plpgsql stable security invoker set search_path = public, pg_temp as $$
declare
    v_policy record;
    v_gone   boolean;
begin
    for v_policy in
        select child_column, parent_table from deletion_policy
         where child_table = p_table and action = 'cascade'
    loop
        execute format('select exists (select from %I as c join %I as p on p.id = c.%I
                                        where c.id = $1 and p.deleted_at is not null)',
                       p_table, v_policy.parent_table, v_policy.child_column)
           into v_gone using p_id;
        if v_gone then
            return false;
        end if;
    end loop;
    return true;
end
$$;

-- Brings back what a deletion took of what hangs on records of a table.
create function restore_parts(p_table text, p_deletion uuid, p_user uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_table text;
begin
    for v_table in select name from parts_below(p_table) as below (name) where name <> p_table loop
        perform restore_record(v_table, p_deletion, p_user);
    end loop;
end
$$;

-- Brings one record back with exactly what its deletion took. No row: it is not in the trash. Without
-- a version: what it belongs to is in the trash itself, so it stays there.
create function restore_part(p_table text, p_id uuid, p_user uuid, p_version integer)
returns table (deletion_id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_owner text := (select owner from deletable where table_name = p_table);
begin
    execute format('select deletion_id from %I
                     where id = $1 and %I = $2 and deleted_at is not null
                       and ($3::integer is null or version = $3) for update', p_table, v_owner)
       into restore_part.deletion_id using p_id, p_user, p_version;
    if restore_part.deletion_id is null then
        return;
    end if;
    if part_has_parents(p_table, p_id) then
        perform restore_record(p_table, restore_part.deletion_id, p_user),
                restore_parts(p_table, restore_part.deletion_id, p_user);
        execute format('select version from %I where id = $1', p_table)
           into restore_part.version using p_id;
    end if;
    return next;
end
$$;

-- Removes records for good with what hangs on them in the trash; what merely points to them stays and
-- forgets them.
create function purge_parts(p_table text, p_ids uuid[]) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_policy record;
    v_ids    uuid[];
begin
    for v_policy in
        select child_table, child_column, action from deletion_policy where parent_table = p_table
    loop
        if v_policy.action = 'keep' then
            execute format('update %1$I set %2$I = null, updated_at = now(), version = version + 1
                             where %2$I = any($1)', v_policy.child_table, v_policy.child_column)
              using p_ids;
        else
            execute format('select array_agg(id) from %I
                             where %I = any($1) and deleted_at is not null',
                           v_policy.child_table, v_policy.child_column)
               into v_ids using p_ids;
            perform purge_parts(v_policy.child_table, v_ids) where v_ids is not null;
        end if;
    end loop;
    execute format('delete from %I where id = any($1)', p_table) using p_ids;
end
$$;

-- Removes one record in the trash for good. No row: there is no such record. Not purged: it is live.
create function purge_part(p_table text, p_id uuid, p_user uuid, p_version integer)
returns table (version integer, purged boolean)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_owner text := (select owner from deletable where table_name = p_table);
begin
    execute format('select version, deleted_at is not null from %I
                     where id = $1 and %I = $2 and ($3::integer is null or version = $3)
                       for update', p_table, v_owner)
       into purge_part.version, purge_part.purged using p_id, p_user, p_version;
    if purge_part.version is null then
        return;
    end if;
    if purge_part.purged then
        perform purge_parts(p_table, array[p_id]);
    end if;
    return next;
end
$$;

-- True for a live record that the caller sees. Any other is refused like a foreign one, so that a list
-- below it is no empty list.
create function require_part(p_table text, p_id uuid) returns boolean
language plpgsql stable security invoker set search_path = public, pg_temp as $$
declare
    v_found boolean;
begin
    execute format('select exists (select from %I where id = $1 and deleted_at is null)', p_table)
       into v_found using p_id;
    if not v_found then
        raise insufficient_privilege using message = 'no such record';
    end if;
    return true;
end
$$;

grant execute on function require_part, delete_part, parts_below, parts_of, count_parts, part_has_parents,
    restore_parts, restore_part, purge_parts, purge_part to campus_app, campus_system;
