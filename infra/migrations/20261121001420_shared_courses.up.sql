-- Courses of organizations, and taking part in courses.

-- Published by courses: whether the caller may put items under a course; whoever reads it may.
create or replace function course_is_open(p_course uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select course_role(p_course) is not null
$$;

-- The visibility that a new course has unless it is said.
create function default_visibility(p_organization uuid) returns text
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce((select settings ->> 'default_visibility' from organization
                      where id = p_organization and deleted_at is null), 'private')
$$;

-- Whether the caller may enroll in a course without being asked in: it is published, and public
-- or one of an organization of theirs that lets members enroll themselves. Sees all courses, as a
-- public one is nothing that row security shows to strangers.
create function course_takes(p_course uuid) returns table (owner_id uuid, title text)
language sql stable security definer set search_path = public, pg_temp as $$
    select c.user_id, c.title from course as c
     where c.id = p_course and c.deleted_at is null and c.status = 'published'
       and (c.visibility = 'public'
            or c.visibility = 'organization'
               and c.organization_id = any(caller_ids('organization_ids'))
               and exists (select from organization as o
                            where o.id = c.organization_id and o.deleted_at is null
                              and (o.settings ->> 'self_enrollment')::boolean))
$$;
call run_as_definer('course_takes(uuid)', 'campus_app');

-- Enrolls the caller (p_member null), or by whoever teaches the course a member of its
-- organization. The outcome is `done`, `missing` (no such course for the caller), `forbidden`
-- (it takes nobody who asks; or the caller does not teach it), `stranger` (p_member is no member)
-- or `there` (already enrolled).
create function enroll(p_id uuid, p_course uuid, p_member uuid, p_role text)
returns table (outcome text, person_id uuid)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_who   uuid := nullif(current_setting('app.user_id', true), '')::uuid;
    v_role  text := course_role(p_course);
    v_owner uuid;
    v_group uuid;
begin
    select c.user_id, c.organization_id into v_owner, v_group
      from course as c where c.id = p_course and c.deleted_at is null;
    if p_member is null then
        v_owner := coalesce((select t.owner_id from course_takes(p_course) as t),
                            case when v_role in ('owner', 'admin', 'instructor') then v_owner end);
        outcome := case when v_owner is not null and (p_role = 'student' or v_role is not null
                                                      and teaches_course(p_course)) then 'done'
                        when v_role is null and v_owner is null then 'missing'
                        else 'forbidden' end;
    else
        select m.user_id into v_who from membership as m
         where m.id = p_member and m.organization_id = v_group and m.deleted_at is null;
        outcome := case when v_role is null then 'missing'
                        when not teaches_course(p_course) then 'forbidden'
                        when v_who is null then 'stranger' else 'done' end;
    end if;
    if outcome = 'done' then
        perform set_config('app.course_ids', (caller_ids('course_ids') || p_course)::text, true);
        insert into enrollment (id, course_id, owner_id, user_id, role)
        values (p_id, p_course, v_owner, v_who, p_role)
        on conflict do nothing;
        if not found then
            outcome := 'there';
        end if;
    end if;
    return query select outcome, v_who;
end
$$;

grant execute on function default_visibility, enroll to campus_app;
