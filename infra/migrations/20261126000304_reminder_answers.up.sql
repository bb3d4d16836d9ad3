-- What a person does about single reminders: docs/decisions/0021-reminders-and-locks.md.

-- Answers one reminder. With p_at it is put off until then (or comes earlier): one that was not
-- told yet moves, one that was told stays as it is and another comes in its place, once. Without
-- p_at it is cancelled or dismissed. `outcome`: moved, cancelled, dismissed, unchanged (it is so
-- already); locked, done (its item is), over (it cannot be put off any more). No row: there is none.
create function respond_to_reminder(p_id uuid, p_user uuid, p_response text, p_at timestamptz,
                                    p_reason text, p_version integer, p_limit integer)
returns table (outcome text, shown shown_reminder, item_made_at timestamptz)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_old     reminder;
    v_item    task_item;
    v_new     uuid := p_id;
    v_outcome text := 'unchanged';
    v_change  jsonb;
begin
    select * into v_old from reminder as r
     where r.id = p_id and r.user_id = p_user and r.deleted_at is null
       and (p_version is null or r.version = p_version)
       for update;
    if not found then
        return;
    end if;
    select * into v_item from task_item as i
     where i.user_id = p_user
       and i.id = coalesce(v_old.assignment_id, v_old.lecture_id, v_old.study_session_id);
    v_change := jsonb_build_object('user_id', p_user, 'kind', v_item.kind, 'item_id', v_item.id,
                                   'review', v_old.purpose = 'review');
    if p_at is null and v_old.status in ('pending', 'claimed') then
        v_outcome := case p_response when 'dismissed' then 'dismissed' else 'cancelled' end;
        update reminder
           set status = 'cancelled', claimed_until = null, response = p_response,
               responded_at = now(), reason = p_reason, version = version + 1, updated_at = now()
         where id = p_id and user_id = p_user;
        perform note_reminders(v_change || jsonb_build_object(
            'cancelled', 1, 'cancelled_id', p_id, 'reason', coalesce(p_reason, p_response)));
    elsif p_at is null then
        if p_response = 'dismissed' and v_old.response is null and v_old.status = 'sent' then
            v_outcome := 'dismissed';
            update reminder
               set response = p_response, responded_at = now(), version = version + 1,
                   updated_at = now()
             where id = p_id and user_id = p_user;
        end if;
    elsif task_is_locked(p_user, v_item.created_at, v_item.id, p_limit) then
        v_outcome := 'locked';
    elsif v_item.done and v_old.purpose <> 'review' then
        v_outcome := 'done';
    elsif v_old.status = 'pending' then
        v_outcome := 'moved';
        update reminder
           set remind_at = p_at, chosen_at = now(), response = p_response, responded_at = now(),
               version = version + 1, updated_at = now()
         where id = p_id and user_id = p_user;
        v_change := v_change || jsonb_build_object('cancelled', 1, 'cancelled_id', p_id,
                                                   'reason', 'rescheduled');
    elsif v_old.status in ('claimed', 'sent', 'skipped') and v_old.response is null then
        v_outcome := 'moved';
        v_new := uuid7();
        update reminder
           set status = case status when 'claimed' then 'skipped' else status end,
               claimed_until = null, response = p_response, responded_at = now(),
               version = version + 1, updated_at = now()
         where id = p_id and user_id = p_user;
        -- As old as the first one: it is no further reminder to the plan's limit of reviews.
        insert into reminder (id, user_id, assignment_id, lecture_id, study_session_id,
                              offset_minutes, occurs_at, remind_at, purpose, chosen_at, created_at)
        values (v_new, p_user, v_old.assignment_id, v_old.lecture_id, v_old.study_session_id,
                v_old.offset_minutes, v_old.occurs_at, p_at, v_old.purpose, now(),
                v_old.created_at);
    else
        v_outcome := 'over';
    end if;
    if v_outcome = 'moved' then
        perform note_reminders(v_change || jsonb_build_object(
            'scheduled', 1, 'scheduled_id', v_new, 'remind_at', p_at, 'last_at', p_at));
    end if;
    return query select v_outcome, s, v_item.created_at from shown_reminder as s where s.id = v_new;
end
$$;

-- Adds a reminder of an item at a time of one's own, before what it reminds of; at most p_most for
-- one time of the item. `outcome`: added; locked, done, over (nothing comes after p_at), full. No
-- row: there is no such item.
create function add_reminder(p_id uuid, p_user uuid, p_kind text, p_item uuid, p_at timestamptz,
                             p_most integer, p_limit integer)
returns table (outcome text, shown shown_reminder, item_made_at timestamptz, used integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_item    reminded_item;
    v_occurs  timestamptz;
    v_used    integer;
    v_outcome text := 'added';
begin
    perform pg_advisory_xact_lock(hashtextextended('reminders' || p_item::text, 0));
    select * into v_item from reminded_item as i
     where i.kind = p_kind and i.id = p_item and i.user_id = p_user and i.deleted_at is null;
    if not found then
        return;
    end if;
    select min(t) into v_occurs from reminded_times(p_kind, p_item, p_user) as t where t > p_at;
    select count(*) into v_used from reminder as r
     where r.user_id = p_user and r.deleted_at is null and r.status in ('pending', 'claimed')
       and r.purpose <> 'review' and r.occurs_at = v_occurs
       and p_item = any(array[r.assignment_id, r.lecture_id, r.study_session_id]);
    v_outcome := case when task_is_locked(p_user, v_item.created_at, p_item, p_limit) then 'locked'
                      when not v_item.is_open then 'done' when v_occurs is null then 'over'
                      when v_used >= p_most then 'full' else 'added' end;
    if v_outcome = 'added' then
        insert into reminder (id, user_id, assignment_id, lecture_id, study_session_id,
                              offset_minutes, occurs_at, remind_at, purpose, chosen_at)
        values (p_id, p_user, case p_kind when 'assignment' then p_item end,
                case p_kind when 'lecture' then p_item end,
                case p_kind when 'study_session' then p_item end,
                least(extract(epoch from v_occurs - p_at)::bigint / 60, 100000), v_occurs, p_at,
                'own', now());
        perform note_reminders(jsonb_build_object(
            'user_id', p_user, 'kind', p_kind, 'item_id', p_item, 'review', false, 'scheduled', 1,
            'scheduled_id', p_id, 'remind_at', p_at, 'last_at', p_at));
    end if;
    return query
    select v_outcome, s, v_item.created_at, v_used
      from (values (p_id)) as n (id) left join shown_reminder as s on s.id = n.id;
end
$$;

grant execute on function respond_to_reminder, add_reminder to campus_app, campus_system;
