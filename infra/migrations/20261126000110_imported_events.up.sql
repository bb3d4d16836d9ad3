-- Which events of calendars became which items: what a second import of the same does not repeat.

-- One row an event, by UID and RECURRENCE-ID (null: the event or series itself); it shares the fate
-- of its item. `digest` is of what was taken over, so that a change of anything else is none.
create table imported_event (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    uid              text        not null check (length(uid) between 1 and 500),
    -- squawk-ignore prefer-timestamp-tz
    recurrence_id    timestamp,
    assignment_id    uuid,
    lecture_id       uuid,
    study_session_id uuid,
    sequence         integer     not null default 0,
    modified_at      timestamptz,
    digest           bytea       not null check (length(digest) = 16),
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    check (num_nonnulls(assignment_id, lecture_id, study_session_id) = 1),
    foreign key (user_id, assignment_id) references assignment (user_id, id),
    foreign key (user_id, lecture_id) references lecture (user_id, id),
    foreign key (user_id, study_session_id) references study_session (user_id, id)
);
create unique index imported_event_uid on imported_event (user_id, uid, recurrence_id)
    nulls not distinct;
create index imported_event_assignment on imported_event (user_id, assignment_id)
    where assignment_id is not null;
create index imported_event_lecture on imported_event (user_id, lecture_id)
    where lecture_id is not null;
create index imported_event_study_session on imported_event (user_id, study_session_id)
    where study_session_id is not null;
create index imported_event_deletion on imported_event (deletion_id)
    where deletion_id is not null;
create index imported_event_purge on imported_event (deleted_at) where deleted_at is not null;
call protect('imported_event');
call bound_times('imported_event');

insert into deletable (table_name) values ('imported_event');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('imported_event', 'assignment_id', 'assignment', 'cascade'),
    ('imported_event', 'lecture_id', 'lecture', 'cascade'),
    ('imported_event', 'study_session_id', 'study_session', 'cascade');
insert into retention_policy (name, table_name, tier, hours) values
    ('trash', 'imported_event', 'free', 48), ('trash', 'imported_event', 'premium', 120);
create view active_imported_event with (security_invoker) as
    select * from imported_event where deleted_at is null;
create view deleted_imported_event with (security_invoker) as
    select * from imported_event where deleted_at is not null;

-- Makes an item of columns of its table. What is not said is as its kind has it.
create function import_new_item(p_user uuid, p_kind text, p_id uuid, p_columns jsonb) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_assignment assignment    := jsonb_populate_record(null::assignment, p_columns);
    v_lecture    lecture       := jsonb_populate_record(null::lecture, p_columns);
    v_session    study_session := jsonb_populate_record(null::study_session, p_columns);
begin
    if p_kind = 'assignment' then
        insert into assignment (id, user_id, course_id, title, description, due_at, due_on,
                                timezone, status, priority, percent_done, submission_url, tags,
                                recurrence, exdates, rdates, reminders, source, completed_at)
        select p_id, p_user, a.course_id, a.title, a.description,
               coalesce(a.due_at, (a.due_on + time '23:59:59') at time zone a.timezone), a.due_on,
               a.timezone, case when a.completed_at is null then 'todo' else 'submitted' end,
               coalesce(a.priority, 'medium'), case when a.completed_at is null then 0 else 100 end,
               a.submission_url, a.tags, a.recurrence, a.exdates, a.rdates, a.reminders, 'ics',
               a.completed_at
          from (select (v_assignment).*) as a;
    elsif p_kind = 'lecture' then
        insert into lecture (id, user_id, course_id, title, description, start_local, timezone,
                             starts_at, duration_minutes, recurrence, exdates, rdates, location,
                             meeting_url, reminders)
        select p_id, p_user, l.course_id, l.title, l.description, l.start_local, l.timezone,
               l.start_local at time zone l.timezone, l.duration_minutes, l.recurrence, l.exdates,
               l.rdates, l.location, l.meeting_url, l.reminders
          from (select (v_lecture).*) as l;
    else
        insert into study_session (id, user_id, course_id, topic, notes, starts_at, ends_at,
                                   reminders)
        select p_id, p_user, s.course_id, s.topic, s.notes, s.starts_at, s.ends_at, s.reminders
          from (select (v_session).*) as s;
    end if;
    insert into task_creation (item_id, user_id) values (p_id, p_user);
end
$$;

-- Changes columns of a live item; those that are not said stay. What was done stays done.
create function import_changed_item(p_user uuid, p_kind text, p_id uuid, p_columns jsonb)
returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if p_kind = 'assignment' then
        update assignment as a
           set (title, description, due_at, due_on, timezone, priority, submission_url, tags,
                recurrence, exdates, rdates, completed_at, status, percent_done, version,
                updated_at)
             = (select p.title, p.description,
                       case when p_columns ->> 'due_at' is not null or p.due_on is null
                            then p.due_at
                            else (p.due_on + time '23:59:59') at time zone p.timezone end,
                       p.due_on, p.timezone, coalesce(p.priority, a.priority), p.submission_url,
                       p.tags, p.recurrence, p.exdates, p.rdates, v.completed_at,
                       case when a.completed_at is null and v.completed_at is not null
                            then 'submitted' else a.status end,
                       case when a.completed_at is null and v.completed_at is not null
                            then 100 else a.percent_done end,
                       a.version + 1, now()
                  from jsonb_populate_record(a, p_columns) as p
                 cross join lateral (select coalesce(a.completed_at, p.completed_at)) as v
                                            (completed_at))
         where a.id = p_id and a.user_id = p_user and a.deleted_at is null;
    elsif p_kind = 'lecture' then
        update lecture as l
           set (title, description, start_local, timezone, starts_at, duration_minutes, recurrence,
                exdates, rdates, location, meeting_url, version, updated_at)
             = (select p.title, p.description, p.start_local, p.timezone,
                       p.start_local at time zone p.timezone, p.duration_minutes, p.recurrence,
                       p.exdates, p.rdates, p.location, p.meeting_url, l.version + 1, now()
                  from jsonb_populate_record(l, p_columns) as p)
         where l.id = p_id and l.user_id = p_user and l.deleted_at is null;
    else
        update study_session as s
           set (topic, notes, starts_at, ends_at, version, updated_at)
             = (select p.topic, p.notes, p.starts_at, p.ends_at, s.version + 1, now()
                  from jsonb_populate_record(s, p_columns) as p)
         where s.id = p_id and s.user_id = p_user and s.deleted_at is null;
    end if;
end
$$;

-- Carries out what an import has found to do, in one statement: items (`op` create, update,
-- delete), what differs in occurrences, and the keys by which the next import knows them. A row for
-- each thing that was done; `changed` names columns, `finished` says that it is done from now on. The
-- last row is what became of reminders (`told_reminders`).
create function import_calendar(p_user uuid, p_items jsonb, p_own jsonb, p_keys jsonb,
                                p_forgotten uuid[], p_deletion uuid)
returns table (op text, kind text, id uuid, version integer, course_id uuid, at timestamptz,
               of_id uuid, status text, changed text[], finished timestamptz, reminders jsonb)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_one    record;
    v_before jsonb;
    v_after  jsonb;
    v_shown  shown_occurrence;
begin
    for v_one in
        select * from jsonb_to_recordset(p_items)
                      as i (op text, kind text, id uuid, columns jsonb)
    loop
        if v_one.op = 'delete' then
            return query
            select 'delete', d.kind, d.id, d.version, null::uuid, null::timestamptz, null::uuid,
                   null, null::text[], null::timestamptz, null::jsonb
              from delete_task_item(v_one.kind, v_one.id, p_user, p_deletion, null) as d;
            continue;
        end if;
        v_before := import_item_row(p_user, v_one.kind, v_one.id);
        if v_one.op = 'create' then
            perform import_new_item(p_user, v_one.kind, v_one.id, v_one.columns);
        elsif v_before is not null then
            perform import_changed_item(p_user, v_one.kind, v_one.id, v_one.columns);
        else
            continue;  -- deleted meanwhile
        end if;
        if v_one.kind = 'study_session' then
            perform plan_reminders(v_one.kind, v_one.id, p_user);
        else
            perform plan_item(v_one.kind, v_one.id, p_user);
        end if;
        v_after := import_item_row(p_user, v_one.kind, v_one.id);
        return query
        select v_one.op, v_one.kind, v_one.id, (v_after ->> 'version')::integer,
               (v_after ->> 'course_id')::uuid,
               coalesce(v_after ->> 'starts_at', v_after ->> 'due_at')::timestamptz, null::uuid,
               null, array(select n.key from jsonb_each(v_after) as n
                            where n.key not in ('version', 'updated_at', 'expanded_until')
                              and n.value is distinct from v_before -> n.key
                            order by n.key),
               case when v_before ->> 'completed_at' is null
                    then (v_after ->> 'completed_at')::timestamptz end, null::jsonb;
    end loop;
    for v_one in
        select o.*, s.status as was
          from jsonb_to_recordset(p_own)
               as o (kind text, item_id uuid, recurrence_id timestamp, cancelled boolean,
                     changes jsonb)
          join shown_occurrence as s on s.user_id = p_user and s.kind = o.kind
           and s.item_id = o.item_id and s.recurrence_id = o.recurrence_id
    loop
        select * into v_shown
          from change_occurrence(v_one.kind, v_one.item_id, p_user, v_one.recurrence_id,
                                 v_one.changes || jsonb_build_object('status', case
                                     when v_one.cancelled then 'cancelled'
                                     when v_one.was = 'cancelled' then 'planned'
                                     else v_one.was end), null);
        return query
        select 'occurrence', v_one.kind, v_shown.id, v_shown.version, null::uuid,
               v_shown.starts_at, v_one.item_id, v_shown.status,
               array(select k from jsonb_object_keys(v_one.changes) as k order by k),
               null::timestamptz, null::jsonb;
    end loop;
    delete from imported_event as e
     where e.user_id = p_user and e.id = any(p_forgotten);
    insert into imported_event (id, user_id, uid, recurrence_id, assignment_id, lecture_id,
                                study_session_id, sequence, modified_at, digest)
    select uuid7(), p_user, k.uid, k.recurrence_id,
           case k.kind when 'assignment' then k.item_id end,
           case k.kind when 'lecture' then k.item_id end,
           case k.kind when 'study_session' then k.item_id end,
           k.sequence, k.modified_at, decode(k.digest, 'hex')
      from jsonb_to_recordset(p_keys)
           as k (uid text, recurrence_id timestamp, kind text, item_id uuid, sequence integer,
                 modified_at timestamptz, digest text)
      join task_item as i on i.user_id = p_user and i.kind = k.kind and i.id = k.item_id
       and i.deleted_at is null
    on conflict (user_id, uid, recurrence_id) do update
       set sequence = excluded.sequence, modified_at = excluded.modified_at,
           digest = excluded.digest, version = imported_event.version + 1, updated_at = now();
    return query
    select 'reminders', null, null::uuid, null::integer, null::uuid, null::timestamptz, null::uuid,
           null, null::text[], null::timestamptz, told_reminders();
end
$$;

-- A live item as a document.
create function import_item_row(p_user uuid, p_kind text, p_id uuid) returns jsonb
language plpgsql stable security invoker set search_path = public, pg_temp as $$
declare
    v_found jsonb;
begin
    execute format('select to_jsonb(t) - ''search'' from %I as t
                     where t.id = $1 and t.user_id = $2 and t.deleted_at is null',
                   case p_kind when 'assignment' then 'assignment' when 'lecture' then 'lecture'
                               else 'study_session' end)
       into v_found using p_id, p_user;
    return v_found;
end
$$;

grant execute on function import_new_item, import_changed_item, import_calendar, import_item_row
    to campus_app;
