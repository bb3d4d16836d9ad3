create or replace function restore_task_deletion(p_user uuid, p_deletion uuid)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_ids  uuid[] := array(select i.id from task_item as i
                            where i.user_id = p_user and i.deletion_id = p_deletion);
    v_held record;
begin
    perform restore_record(t.table_name, p_deletion, p_user) from task_tables() as t;
    for v_held in
        select 'assignment' as kind, a.id, w.deletion_id
          from assignment as a join assignment as w on w.id = a.parent_id
         where a.user_id = p_user and a.id = any(v_ids) and w.user_id = p_user
           and w.deleted_at is not null
        union all
        select i.kind, i.id, c.deletion_id
          from task_item as i join deleted_course as c on c.id = i.course_id
         where i.user_id = p_user and i.id = any(v_ids) and c.user_id = p_user
    loop
        perform soft_delete_record(v_held.kind, v_held.id, p_user, v_held.deletion_id);
    end loop;
    insert into task_creation (item_id, user_id, created_at)
    select i.id, p_user, i.created_at from task_item as i
     where i.user_id = p_user and i.id = any(v_ids) and i.deleted_at is null
    on conflict do nothing;
    return query
    select i.kind, i.id, i.version from task_item as i
     where i.user_id = p_user and i.id = any(v_ids) and i.deleted_at is null;
end
$$;

drop function dependency_cycle, hold_task_item, linked_item;
drop view active_dependency, deleted_dependency;
delete from retention_policy where name = 'trash' and table_name = 'dependency';
delete from deletion_policy where child_table = 'dependency';
delete from deletable where table_name = 'dependency';
drop table dependency;
