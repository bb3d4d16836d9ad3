-- What the end of a course, and of a membership, takes along: see docs/decisions/0023.

-- Removes for good what the owner of a purged course had planned under it, in the trash or not: what
-- was told of its deletion may come later. Others' items are theirs and stay. Returns the items, a
-- version later. The lock is the one under which items are written.
create function purge_course_items(p_user uuid, p_course uuid)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_kind text;
    v_ids  uuid[];
begin
    perform pg_advisory_xact_lock(hashtextextended('tasks' || p_user::text, 0));
    if exists (select from course as c where c.id = p_course and c.user_id = p_user) then
        return;
    end if;
    foreach v_kind in array array['assignment', 'lecture', 'study_session'] loop
        v_ids := array(select i.id from task_item as i
                        where i.kind = v_kind and i.user_id = p_user and i.course_id = p_course);
        if v_kind = 'assignment' then
            v_ids := v_ids || array(
                select part.id from assignment as part
                  join assignment as whole on whole.id = part.parent_id
                 where part.user_id = p_user and whole.user_id = p_user
                   and whole.course_id = p_course and part.course_id is distinct from p_course
                   and part.deletion_id is not distinct from whole.deletion_id);
        end if;
        perform purge_task_children(v_kind, v_ids, p_user);
        return query execute
            format('delete from %I where user_id = $1 and id = any($2)
                    returning $3, id, version + 1', v_kind)
            using p_user, v_ids, v_kind;
    end loop;
end
$$;

-- Ends what somebody took part in because they belonged to an organization: all that they taught, and
-- what is not open to everybody. The caller removes them, or leaves.
create function end_enrollments(p_organization uuid, p_user uuid, p_deletion uuid)
returns table (id uuid, course_id uuid, version integer)
language sql volatile security invoker set search_path = public, pg_temp as $$
    update enrollment as e
       set deleted_at = now(), deleted_by = e.owner_id, deletion_id = p_deletion,
           version = e.version + 1, updated_at = now()
      from course as c
     where c.id = e.course_id and c.organization_id = p_organization and e.user_id = p_user
       and e.deleted_at is null and (e.role = 'instructor' or c.visibility <> 'public')
    returning e.id, e.course_id, e.version
$$;

grant execute on function purge_course_items to campus_app, campus_system;
grant execute on function end_enrollments to campus_app;
