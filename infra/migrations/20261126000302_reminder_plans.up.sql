-- Reminders that a person answers, and plans of them that change nothing but what is different:
-- docs/decisions/0021-reminders-and-locks.md.

-- `chosen_at`: when a person chose `remind_at` themselves. `response` is what they did about a
-- reminder; what Campus cancels by itself has none, and is forgotten with the next plan.
alter table reminder
    add column chosen_at    timestamptz,
    add column sent_at      timestamptz,
    add column responded_at timestamptz,
    add column response     text,
    add column reason       text;
alter table reminder add constraint reminder_response
    check (response in ('snoozed', 'rescheduled', 'dismissed', 'cancelled')
           and (response is null) = (responded_at is null)) not valid;
alter table reminder add constraint reminder_reason
    check (reason in ('not_needed', 'rescheduled', 'task_completed', 'other')) not valid;
-- `own`: at a time of one's own, beside those that the item's offsets make.
-- The constraint comes back, allowing more.
-- squawk-ignore ban-drop-constraint
alter table reminder drop constraint reminder_purpose_check;
alter table reminder add constraint reminder_purpose_check
    check (purpose in ('item', 'review', 'own')) not valid;

-- What can be reminded of, in one shape. `at`: when it is, of what has no occurrences.
create view reminded_item with (security_invoker) as
    select 'assignment' as kind, id, user_id, title, reminders,
           status in ('todo', 'in_progress') as is_open,
           case when recurrence is null and rdates = '{}' then due_at end as at,
           version, created_at, updated_at, deleted_at
      from assignment
    union all
    select 'lecture', id, user_id, title, reminders, true, null, version, created_at, updated_at,
           deleted_at
      from lecture
    union all
    select 'study_session', id, user_id, topic, reminders, status = 'planned', starts_at, version,
           created_at, updated_at, deleted_at
      from study_session;

-- Live reminders as they are shown.
create view shown_reminder with (security_invoker) as
    select r.id, r.user_id,
           case when r.assignment_id is not null then 'assignment'
                when r.lecture_id is not null then 'lecture' else 'study_session' end as kind,
           coalesce(r.assignment_id, r.lecture_id, r.study_session_id) as item_id,
           coalesce(a.title, l.title, s.topic) as title, r.purpose, r.offset_minutes, r.occurs_at,
           r.remind_at,
           case when r.response = 'dismissed' then 'dismissed'
                when r.status = 'pending' then 'scheduled'
                when r.status = 'claimed' then 'due' else r.status end as state,
           r.response, r.reason, r.sent_at, r.responded_at, r.version, r.created_at, r.updated_at
      from reminder as r
      left join assignment as a on a.user_id = r.user_id and a.id = r.assignment_id
      left join lecture as l on l.user_id = r.user_id and l.id = r.lecture_id
      left join study_session as s on s.user_id = r.user_id and s.id = r.study_session_id
     where r.deleted_at is null;

-- Keeps what became of an item's reminders until `told_reminders` is asked in this transaction.
create function note_reminders(p_change jsonb) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform set_config(
        'app.reminder_changes',
        (coalesce(nullif(current_setting('app.reminder_changes', true), ''), '[]')::jsonb
         || p_change)::text,
        true);
end
$$;

-- Published by tasks: what statements of this transaction have done to reminders and nobody has
-- told yet, an object an item. Whoever runs such a statement asks in it, and tells the facts.
create function told_reminders() returns jsonb
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_changes text := nullif(current_setting('app.reminder_changes', true), '');
begin
    if v_changes is not null then
        perform set_config('app.reminder_changes', '', true);
    end if;
    return coalesce(v_changes, '[]')::jsonb;
end
$$;

-- All times that an item takes place at or is due, planned ones.
create function reminded_times(p_kind text, p_id uuid, p_user uuid) returns setof timestamptz
language sql stable security invoker set search_path = public, pg_temp as $$
    select starts_at from occurrence
     where user_id = p_user and deleted_at is null and status = 'planned'
       and lecture_id = case p_kind when 'lecture' then p_id end
    union
    select starts_at from occurrence
     where user_id = p_user and deleted_at is null and status = 'planned'
       and assignment_id = case p_kind when 'assignment' then p_id end
    union
    select at from reminded_item
     where kind = p_kind and id = p_id and user_id = p_user and at is not null
$$;

-- Brings the reminders of an item in line with it: cancels those whose time or offset it has no
-- more, adds those that are ahead and lacking, and leaves all others as they are, with what a
-- person did about them. So none that was told comes again. With p_after, only adds for occurrences
-- after that one; with p_times, only looks at those times; with p_anew, the offsets were chosen
-- afresh, and what was done to single reminders that are still ahead is forgotten.
create function plan_reminders(p_kind text, p_id uuid, p_user uuid,
                               p_after timestamp default null,
                               p_times timestamptz[] default null,
                               p_anew boolean default false) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_assignment uuid := case p_kind when 'assignment' then p_id end;
    v_lecture    uuid := case p_kind when 'lecture' then p_id end;
    v_session    uuid := case p_kind when 'study_session' then p_id end;
    v_item       reminded_item;
    v_times      timestamptz[];
    v_gone       jsonb := '{}';
    v_made       jsonb;
begin
    perform pg_advisory_xact_lock(hashtextextended('reminders' || p_id::text, 0));
    select * into v_item from reminded_item as i
     where i.kind = p_kind and i.id = p_id and i.user_id = p_user and i.deleted_at is null;
    if not found then
        return;
    end if;
    if p_after is null then
        v_times := array(select t from reminded_times(p_kind, p_id, p_user) as t
                          where p_times is null or t = any(p_times));
        delete from reminder as r
         where r.user_id = p_user and r.deleted_at is null and r.status = 'cancelled'
           and (r.assignment_id = v_assignment or r.lecture_id = v_lecture
                or r.study_session_id = v_session)
           and r.purpose <> 'review' and (p_anew or r.response is null)
           and (p_times is null or r.occurs_at = any(p_times));
        with ended as (
            update reminder as r
               set status = 'cancelled', claimed_until = null, response = null,
                   responded_at = null, version = r.version + 1, updated_at = now()
             where r.user_id = p_user and r.deleted_at is null
               and r.status in ('pending', 'claimed')
               and (r.assignment_id = v_assignment or r.lecture_id = v_lecture
                    or r.study_session_id = v_session)
               and case r.purpose
                   when 'item' then
                       (p_times is null or r.occurs_at = any(p_times))
                       and not (v_item.is_open and r.offset_minutes = any(v_item.reminders)
                                and not (p_anew and r.chosen_at is not null)
                                and exists (select from unnest(v_times) as t
                                             where t = r.occurs_at))
                   when 'own' then
                       not v_item.is_open
                       or r.status = 'pending'
                          and not exists (select from reminded_times(p_kind, p_id, p_user) as t
                                           where t > r.remind_at)
                   else false end
            returning r.id, r.remind_at
        )
        select jsonb_build_object(
                   'cancelled', count(*),
                   'cancelled_id', (array_agg(id order by remind_at, id))[1],
                   'reason', case when v_item.is_open then 'changed' else 'done' end)
          into v_gone from ended;
        update reminder as r
           set occurs_at = n.at, version = r.version + 1, updated_at = now()
          from (select o.id, (select min(t) from reminded_times(p_kind, p_id, p_user) as t
                               where t > o.remind_at) as at
                  from reminder as o
                 where o.user_id = p_user and o.deleted_at is null and o.status = 'pending'
                   and o.purpose = 'own'
                   and (o.assignment_id = v_assignment or o.lecture_id = v_lecture
                        or o.study_session_id = v_session)) as n
         where r.id = n.id and r.user_id = p_user and r.occurs_at <> n.at;
    else
        v_times := array(select o.starts_at from occurrence as o
                          where o.user_id = p_user and o.deleted_at is null
                            and o.status = 'planned' and o.recurrence_id > p_after
                            and (o.lecture_id = v_lecture or o.assignment_id = v_assignment));
    end if;
    with made as (
        insert into reminder (id, user_id, assignment_id, lecture_id, study_session_id,
                              offset_minutes, occurs_at, remind_at)
        select uuid7(), p_user, v_assignment, v_lecture, v_session, early, t.at,
               t.at - make_interval(mins => early)
          from (select distinct unnest(v_times)) as t (at)
         cross join unnest(v_item.reminders) as early
         where v_item.is_open and t.at - make_interval(mins => early) > now()
           and not exists (
               select from reminder as r
                where r.user_id = p_user and r.deleted_at is null and r.purpose = 'item'
                  and (r.assignment_id = v_assignment or r.lecture_id = v_lecture
                       or r.study_session_id = v_session)
                  and r.occurs_at = t.at and r.offset_minutes = early
                  and (r.status <> 'cancelled' or r.response is not null))
        returning id, remind_at
    )
    select jsonb_build_object(
               'scheduled', count(*), 'scheduled_id', (array_agg(id order by remind_at, id))[1],
               'remind_at', min(remind_at), 'last_at', max(remind_at))
      into v_made from made;
    if v_gone ->> 'cancelled' <> '0' or v_made ->> 'scheduled' <> '0' then
        perform note_reminders(v_gone || v_made || jsonb_build_object(
            'user_id', p_user, 'kind', p_kind, 'item_id', p_id, 'review', false));
    end if;
end
$$;

create or replace function remind_of_item(p_kind text, p_id uuid, p_user uuid, p_after timestamp)
returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform plan_reminders(p_kind, p_id, p_user, p_after);
end
$$;

-- Changes one live occurrence, and its reminders with it. p_changes holds columns of `occurrence`;
-- null means: as in the series. No row: there is none, or not of that version.
create or replace function change_occurrence(p_kind text, p_id uuid, p_user uuid,
                                             p_recurrence timestamp, p_changes jsonb,
                                             p_version integer)
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
        perform plan_reminders(p_kind, p_id, p_user,
                               p_times => array[v_before.starts_at, v_after.starts_at]);
    end if;
    return query select * from shown_occurrence as s where s.id = v_before.id;
end
$$;

-- For notifications: leases what is due for five minutes; a lease that ran out is due again.
-- `relevant` says whether the item is still live, ahead and not done; a review (a kind of its own)
-- is as long as the session lives, since reviewing cancels what it makes needless, and a time that
-- somebody chose may come after the item's.
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
           and (c.purpose = 'review'
                or not i.done and (c.occurs_at > now() or c.chosen_at is not null))
      from claimed as c
      join task_item as i on i.user_id = c.user_id
       and i.id = coalesce(c.assignment_id, c.lecture_id, c.study_session_id)
     order by c.remind_at, c.id
$$;

-- For notifications: whether a reminder that was handed out is still to be told. It stays so until
-- the transaction ends: what a person does about it meanwhile waits.
create function hold_reminder(p_id uuid) returns boolean
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform from reminder
      where id = p_id and status = 'claimed' and deleted_at is null
        for update;
    return found;
end
$$;

-- For notifications: ends a lease with what became of the reminder (sent, skipped, cancelled, or
-- pending to have it again). False when the lease had ended otherwise.
create or replace function settle_reminder(p_id uuid, p_status text) returns boolean
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    update reminder
       set status = p_status, claimed_until = null, updated_at = now(), version = version + 1,
           sent_at = case when p_status = 'sent' then now() else sent_at end
     where id = p_id and status = 'claimed';
    return found;
end
$$;

grant execute on function note_reminders, told_reminders, reminded_times, plan_reminders
    to campus_app, campus_system;
grant execute on function hold_reminder to campus_system;
