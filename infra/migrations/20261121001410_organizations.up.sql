-- Organizations: founding, roles, leaving, deleting and restoring. All of it runs in the caller's
-- transaction and role; what is said of others runs where row security has been settled.

-- What the caller is in a live organization; null is nothing.
create function organization_role(p_organization uuid) returns text
language sql stable security invoker set search_path = public, pg_temp as $$
    select role from membership
     where organization_id = p_organization and deleted_at is null
       and user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)
$$;

-- The name that people show to those who share an organization with them or teach them; to others
-- it is empty.
create function person_name(p_user uuid) returns text
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce((
        select coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)
          from app_user as u
         where u.id = p_user
           and (u.id = nullif(current_setting('app.user_id', true), '')::uuid
                or exists (select from membership as m
                            where m.user_id = u.id and m.deleted_at is null
                              and m.organization_id = any(caller_ids('organization_ids')))
                or exists (select from enrollment as e
                            where e.user_id = u.id and e.deleted_at is null
                              and teaches_course(e.course_id)))), '')
$$;
call run_as_definer('person_name(uuid)', 'campus_app');

-- For the rest of this transaction the caller runs an organization: it has just been founded, or
-- is about to come back, by the rule of whoever calls this.
create function take_charge(p_organization uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_name text;
begin
    foreach v_name in array array['organization_ids', 'teaching_organization_ids',
                                  'managed_organization_ids'] loop
        perform set_config('app.' || v_name, (caller_ids(v_name) || p_organization)::text, true);
    end loop;
end
$$;

-- A new organization with its founder as owner. No row: they own p_limit already. The caller holds
-- the lock that serializes a person's new organizations.
create function found_organization(p_id uuid, p_membership uuid, p_user uuid, p_name text,
                                   p_slug text, p_settings jsonb, p_limit integer)
returns setof organization
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if (select count(*) from membership
         where user_id = p_user and role = 'owner' and deleted_at is null) >= p_limit then
        return;
    end if;
    perform take_charge(p_id);
    insert into organization (id, user_id, name, slug, settings)
    values (p_id, p_user, p_name, p_slug, p_settings);
    insert into membership (id, organization_id, owner_id, user_id, role)
    values (p_membership, p_id, p_user, p_user, 'owner');
    return query select * from organization where id = p_id;
end
$$;

-- Serializes whatever changes who owns an organization, and whether it lives.
create function lock_organization(p_organization uuid) returns void
language sql volatile security invoker set search_path = public, pg_temp as $$
    select pg_advisory_xact_lock(hashtextextended('organization' || p_organization::text, 0))
$$;

-- Gives a member another role, or none (p_role null): the membership ends. The outcome is `done`,
-- `missing` (no such member, or none that the caller sees), `stale` (p_version), `forbidden` or
-- `last_owner`. Owners may do anything, admins what concerns neither owners nor admins, and anybody
-- may leave. Counts under the organization's lock, so two owners cannot leave at once.
create function change_member(p_organization uuid, p_member uuid, p_role text, p_version integer)
returns table (outcome text, id uuid, user_id uuid, old_role text, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_mine   text;
    v_member membership;
begin
    perform lock_organization(p_organization);
    v_mine := organization_role(p_organization);
    select * into v_member from membership as m
     where m.id = p_member and m.organization_id = p_organization and m.deleted_at is null;
    outcome := case
        when v_mine is null or v_member.id is null then 'missing'
        when v_member.version <> p_version then 'stale'
        when v_member.user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)
             and p_role is null then 'done'
        when v_mine = 'owner' then 'done'
        when v_mine = 'admin' and v_member.role in ('instructor', 'student')
             and coalesce(p_role, 'student') in ('instructor', 'student') then 'done'
        else 'forbidden'
    end;
    if outcome = 'done' and v_member.role = 'owner' and p_role is distinct from 'owner'
       and (select count(*) from membership as m
             where m.organization_id = p_organization and m.role = 'owner'
               and m.deleted_at is null) < 2 then
        outcome := 'last_owner';
    end if;
    if outcome = 'done' then
        update membership as m
           set role = coalesce(p_role, m.role), version = m.version + 1, updated_at = now(),
               deleted_at = case when p_role is null then now() end,
               deleted_by = case when p_role is null then m.owner_id end,
               deletion_id = case when p_role is null then uuid7() end
         where m.id = p_member;
    end if;
    return query select outcome, v_member.id, v_member.user_id, v_member.role,
                        v_member.version + (outcome = 'done')::integer;
end
$$;

-- Deletes an organization with its memberships, invitations and courses, whoever owns these, by one
-- deletion id. `courses` are the ids, owners and new versions of the courses that went. The outcome
-- is `done`, `missing`, `stale`, `forbidden` (only owners delete) or `large`: over p_limit courses.
create function delete_organization(p_id uuid, p_deletion uuid, p_version integer,
                                    p_limit integer)
returns table (outcome text, version integer, courses jsonb)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_mine   text;
    v_found  organization;
    v_course record;
begin
    perform lock_organization(p_id);
    v_mine := organization_role(p_id);
    select * into v_found from organization as o where o.id = p_id and o.deleted_at is null;
    outcome := case when v_mine is null or v_found.id is null then 'missing'
                    when v_found.version <> p_version then 'stale'
                    when v_mine <> 'owner' then 'forbidden' else 'done' end;
    courses := '[]';
    if outcome = 'done' and (select count(*) from course as c
                              where c.organization_id = p_id and c.deleted_at is null) > p_limit
    then
        outcome := 'large';
    end if;
    if outcome = 'done' then
        for v_course in
            select c.id, c.user_id, c.version from course as c
             where c.organization_id = p_id and c.deleted_at is null order by c.id for update
        loop
            perform soft_delete_record('course', v_course.id, v_course.user_id, p_deletion);
            courses := courses || jsonb_build_object(
                'id', v_course.id, 'user_id', v_course.user_id, 'version', v_course.version + 1);
        end loop;
        perform soft_delete_record('organization', p_id, v_found.user_id, p_deletion);
    end if;
    return query select outcome, v_found.version + 1, courses;
end
$$;

-- Whether the caller owned an organization when it was deleted.
create function owned_organization(p_id uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select exists (
        select from organization as o join membership as m on m.organization_id = o.id
         where o.id = p_id and o.deleted_at is not null and m.deletion_id = o.deletion_id
           and m.role = 'owner'
           and m.user_id = (select nullif(current_setting('app.user_id', true), '')::uuid))
$$;

-- Brings back exactly what the deletion of an organization took. The outcome is `done`, `missing`,
-- `stale`, or `taken`: a live one has its slug, and p_slug gives no other.
create function restore_organization(p_id uuid, p_slug text, p_version integer)
returns table (outcome text, version integer, deletion_id uuid, courses jsonb)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_found   organization;
    v_courses uuid[];
    v_owner   uuid;
begin
    perform lock_organization(p_id);
    select * into v_found from organization as o where o.id = p_id;
    outcome := case when not owned_organization(p_id) then 'missing'
                    when v_found.version <> p_version then 'stale' else 'done' end;
    courses := '[]';
    if outcome = 'done' then
        perform take_charge(p_id);
        begin
            update organization as o set slug = coalesce(p_slug, o.slug) where o.id = p_id;
            perform restore_record('organization', v_found.deletion_id, v_found.user_id);
        exception when unique_violation then
            outcome := 'taken';
        end;
    end if;
    if outcome = 'done' then
        perform restore_parts('organization', v_found.deletion_id, v_found.user_id);
        v_courses := array(select c.id from course as c
                            where c.deletion_id = v_found.deletion_id
                              and c.organization_id = p_id);
        for v_owner in
            select distinct c.user_id from course as c where c.id = any(v_courses)
        loop
            perform restore_record('course', v_found.deletion_id, v_owner);
            perform restore_parts('course', v_found.deletion_id, v_owner);
        end loop;
        select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'user_id', c.user_id,
                                                     'version', c.version)), '[]')
          into courses from course as c where c.id = any(v_courses);
    end if;
    return query select outcome, v_found.version + 1, v_found.deletion_id, courses;
end
$$;

-- Removes a deleted organization for good, with its memberships and invitations. Its courses stay
-- in the trash of their owners. The outcome is `done`, `missing`, `stale`, `forbidden` or `live`.
create function purge_organization(p_id uuid, p_version integer)
returns table (outcome text, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_found organization;
    v_table text;
begin
    perform lock_organization(p_id);
    select * into v_found from organization as o where o.id = p_id;
    outcome := case when v_found.id is null
                         or v_found.deleted_at is not null and not owned_organization(p_id)
                         then 'missing'
                    when v_found.deleted_at is null and organization_role(p_id) <> 'owner'
                         then 'forbidden'
                    when v_found.version <> p_version then 'stale'
                    when v_found.deleted_at is null then 'live' else 'done' end;
    if outcome = 'done' then
        perform take_charge(p_id);
        for v_table in
            select child_table from deletion_policy where parent_table = 'organization'
        loop
            execute format('delete from %I where organization_id = $1', v_table) using p_id;
        end loop;
        delete from organization as o where o.id = p_id;
    end if;
    return query select outcome, v_found.version;
end
$$;

grant execute on function organization_role, take_charge, found_organization, lock_organization,
    change_member, delete_organization, owned_organization, restore_organization,
    purge_organization to campus_app;
