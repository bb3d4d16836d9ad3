drop function hold_reminder;

create or replace function settle_reminder(p_id uuid, p_status text) returns boolean
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    update reminder
       set status = p_status, claimed_until = null, updated_at = now(), version = version + 1
     where id = p_id and status = 'claimed';
    return found;
end
$$;

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
    select c.id, c.user_id, case c.purpose when 'review' then 'review' else i.kind end, i.id,
           i.title, c.occurs_at, c.remind_at,
           i.deleted_at is null
           and (c.purpose = 'review' or not i.done and c.occurs_at > now())
      from claimed as c
      join task_item as i on i.user_id = c.user_id
       and i.id = coalesce(c.assignment_id, c.lecture_id, c.study_session_id)
     order by c.remind_at, c.id
$$;

create or replace function change_occurrence(p_kind text, p_id uuid, p_user uuid, p_recurrence timestamp,
                                  p_changes jsonb, p_version integer)
returns setof shown_occurrence
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_item   recurring_item;
    v_before occurrence;
    v_after  occurrence;
begin
    select * into v_item from recurring_item
     where kind = p_kind and id = p_id and user_id = p_user and deleted_at is null;
    select * into v_before from occurrence as o
     where o.user_id = p_user and o.recurrence_id = p_recurrence and o.deleted_at is null
       and (p_kind = 'lecture' and o.lecture_id = p_id
            or p_kind = 'assignment' and o.assignment_id = p_id)
       and (p_version is null or o.version = p_version)
       for update;
    if not found then
        return;
    end if;
    if p_changes <> '{}' then
        v_after := jsonb_populate_record(v_before, p_changes);
        v_after.starts_at := occurrence_at(v_item, p_recurrence, v_after.start_local);
        update occurrence
           set status = v_after.status, start_local = v_after.start_local,
               duration_minutes = v_after.duration_minutes, title = v_after.title,
               location = v_after.location, starts_at = v_after.starts_at,
               ends_at = v_after.starts_at
                         + make_interval(mins => coalesce(v_after.duration_minutes,
                                                          v_item.minutes)),
               version = version + 1, updated_at = now()
         where id = v_before.id and user_id = p_user;
        delete from reminder
         where user_id = p_user and status in ('pending', 'cancelled')
           and occurs_at = v_before.starts_at
           and (p_kind = 'lecture' and lecture_id = p_id
                or p_kind = 'assignment' and assignment_id = p_id);
        insert into reminder (id, user_id, assignment_id, lecture_id, offset_minutes, occurs_at,
                              remind_at)
        select uuid7(), p_user, case p_kind when 'assignment' then p_id end,
               case p_kind when 'lecture' then p_id end, early, v_after.starts_at,
               v_after.starts_at - make_interval(mins => early)
          from unnest(v_item.reminders) as early
         where v_after.status = 'planned' and not v_item.done
           and v_after.starts_at - make_interval(mins => early) > now();
    end if;
    return query select * from shown_occurrence as s where s.id = v_before.id;
end
$$;

create or replace function remind_of_item(p_kind text, p_id uuid, p_user uuid, p_after timestamp) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if p_after is null then
        delete from reminder
         where user_id = p_user and deleted_at is null and status = 'cancelled'
           and p_id = case p_kind when 'lecture' then lecture_id else assignment_id end;
        update reminder
           set status = 'cancelled', updated_at = now(), version = version + 1
         where user_id = p_user and deleted_at is null and status = 'pending'
           and p_id = case p_kind when 'lecture' then lecture_id else assignment_id end;
    end if;
    insert into reminder (id, user_id, assignment_id, lecture_id, offset_minutes, occurs_at,
                          remind_at)
    select uuid7(), p_user, case p_kind when 'assignment' then p_id end,
           case p_kind when 'lecture' then p_id end, early, t.at,
           t.at - make_interval(mins => early)
      from recurring_item as i
     cross join lateral (
           select o.starts_at as at
             from occurrence as o
            where o.user_id = p_user and o.deleted_at is null and o.status = 'planned'
              and (p_kind = 'lecture' and o.lecture_id = p_id
                   or p_kind = 'assignment' and o.assignment_id = p_id)
              and (p_after is null or o.recurrence_id > p_after)
            union all
           select i.starts_at where not i.has_rows and p_after is null) as t
     cross join unnest(i.reminders) as early
     where i.kind = p_kind and i.id = p_id and i.user_id = p_user and i.deleted_at is null
       and not i.done
       and t.at - make_interval(mins => early) > now();
end
$$;

drop function plan_reminders, reminded_times, told_reminders, note_reminders;
drop view shown_reminder, reminded_item;
update reminder set purpose = 'item' where purpose = 'own';
-- The constraint comes back as it was.
-- squawk-ignore ban-drop-constraint
alter table reminder drop constraint reminder_purpose_check;
alter table reminder add constraint reminder_purpose_check check (purpose in ('item', 'review'));
alter table reminder
    drop column chosen_at,
    drop column sent_at,
    drop column responded_at,
    drop column response,
    drop column reason;
