create or replace function claim_due_reminders(p_limit integer)
returns table (id uuid, user_id uuid, kind text, item_id uuid, title text,
               occurs_at timestamptz, remind_at timestamptz, relevant boolean)
language sql volatile security invoker set search_path = public, pg_temp as $$
    with due as (
        select r.id
          from reminder as r
         where r.deleted_at is null and r.status in ('pending', 'claimed')
           and r.remind_at <= now() and (r.claimed_until is null or r.claimed_until < now())
         order by r.remind_at, r.id
         limit p_limit
           for update skip locked
    ), claimed as (
        update reminder as r
           set status = 'claimed', claimed_until = now() + interval '5 minutes',
               updated_at = now(), version = r.version + 1
          from due
         where r.id = due.id
        returning r.*
    )
    select c.id, c.user_id, i.kind, i.id, i.title, c.occurs_at, c.remind_at,
           i.deleted_at is null and not i.done and c.occurs_at > now()
      from claimed as c
      join task_item as i on i.user_id = c.user_id
       and i.id = coalesce(c.assignment_id, c.lecture_id, c.study_session_id)
     order by c.remind_at, c.id
$$;

create or replace function purge_task_item(p_kind text, p_id uuid, p_user uuid, p_version integer,
                                p_from_trash boolean)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_deletion uuid;
    v_ids      uuid[];
begin
    select i.deletion_id into v_deletion
      from task_item as i
     where i.kind = p_kind and i.id = p_id and i.user_id = p_user
       and (p_version is null or i.version = p_version)
       and (i.deleted_at is not null or not p_from_trash);
    if not found then
        return;
    end if;
    v_ids := p_id || array(select a.id from assignment as a
                            where a.user_id = p_user and a.parent_id = p_id
                              and a.deletion_id is not distinct from v_deletion);
    delete from reminder as r
     where r.user_id = p_user
       and (r.assignment_id = any(v_ids) or r.lecture_id = any(v_ids)
            or r.study_session_id = any(v_ids));
    return query execute
        format('delete from %I where user_id = $1 and id = any($2) returning $3, id, version + 1',
               p_kind)
        using p_user, v_ids, p_kind;
end
$$;

create or replace function restore_task_deletion(p_user uuid, p_deletion uuid)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_ids  uuid[] := array(select i.id from task_item as i
                            where i.user_id = p_user and i.deletion_id = p_deletion);
    v_held record;
begin
    perform restore_record('assignment', p_deletion, p_user),
            restore_record('lecture', p_deletion, p_user),
            restore_record('study_session', p_deletion, p_user),
            restore_record('reminder', p_deletion, p_user);
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

drop function purge_task_children, task_tables, review_allowance, course_exam_on;
drop view active_session_review, deleted_session_review;
delete from retention_policy where name = 'trash' and table_name = 'session_review';
delete from deletion_policy where child_table = 'session_review';
delete from deletable where table_name = 'session_review';
drop table session_review;
delete from reminder where purpose = 'review';
alter table reminder drop column purpose;
alter table study_session
    drop column ease,
    drop column interval_days,
    drop column repetitions,
    drop column review_count,
    drop column last_reviewed_at,
    drop column review_due_at;
