-- Changes of one occurrence, of all of a series, and of this and the following ones.

-- An occurrence as its series and its own changes make it.
create view shown_occurrence with (security_invoker) as
    select p.occurrence_id as id, p.user_id, p.kind, p.id as item_id, p.recurrence_id, p.starts_at,
           p.ends_at, p.timezone, p.status, p.title, p.location, o.start_local,
           o.duration_minutes, p.version, o.created_at, o.updated_at,
           num_nonnulls(o.start_local, o.duration_minutes, o.title, o.location) > 0 as is_changed
      from planned_occurrence as p join occurrence as o on o.id = p.occurrence_id;

-- Changes one live occurrence, and its reminders with it. p_changes holds columns of `occurrence`;
-- null means: as in the series. No row: there is none, or not of that version.
create function change_occurrence(p_kind text, p_id uuid, p_user uuid, p_recurrence timestamp,
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

-- The occurrences of an item from a local time on that differ from their series.
create function own_occurrences(p_kind text, p_id uuid, p_user uuid, p_from timestamp)
returns setof occurrence
language sql stable security invoker set search_path = public, pg_temp as $$
    select o.* from occurrence as o
     where o.user_id = p_user and o.recurrence_id >= p_from and o.deleted_at is null
       and (p_kind = 'lecture' and o.lecture_id = p_id
            or p_kind = 'assignment' and o.assignment_id = p_id)
       and (o.status <> 'planned'
            or num_nonnulls(o.start_local, o.duration_minutes, o.title, o.location) > 0)
$$;

-- Writes what p_changes says of a series to its item. `start_local` is when it starts or is due.
create function change_series(p_kind text, p_id uuid, p_user uuid, p_changes jsonb) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if p_kind = 'lecture' then
        update lecture as l
           set (title, start_local, starts_at, duration_minutes, recurrence, exdates, rdates,
                location, version, updated_at)
             = (select p.title, p.start_local, p.start_local at time zone p.timezone,
                       p.duration_minutes, p.recurrence, p.exdates, p.rdates, p.location,
                       l.version + 1, now()
                  from jsonb_populate_record(l, p_changes) as p)
         where l.id = p_id and l.user_id = p_user;
    else
        update assignment as a
           set (title, due_at, due_on, recurrence, exdates, rdates, version, updated_at)
             = (select p.title, coalesce(s.at at time zone p.timezone, p.due_at),
                       case when p.due_on is not null and s.at is null then p.due_on
                            when p.due_on is not null and s.at::time = '23:59:59' then s.at::date
                       end,
                       p.recurrence, p.exdates, p.rdates, a.version + 1, now()
                  from jsonb_populate_record(a, p_changes) as p
                 cross join (values ((p_changes ->> 'start_local')::timestamp)) as s (at))
         where a.id = p_id and a.user_id = p_user;
    end if;
end
$$;

-- A second item like the first.
create function copy_item(p_kind text, p_id uuid, p_user uuid, p_new uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if p_kind = 'lecture' then
        insert into lecture (id, user_id, course_id, title, description, kind, start_local,
                             timezone, starts_at, duration_minutes, recurrence, exdates, rdates,
                             skips_breaks, location, meeting_url, instructor_name, reminders)
        select p_new, user_id, course_id, title, description, kind, start_local, timezone,
               starts_at, duration_minutes, recurrence, exdates, rdates, skips_breaks, location,
               meeting_url, instructor_name, reminders
          from lecture where id = p_id and user_id = p_user and deleted_at is null;
    else
        insert into assignment (id, user_id, course_id, parent_id, title, description, due_at,
                                due_on, timezone, start_on, status, priority, estimated_minutes,
                                points, weight, submission_method, submission_url, tags, checklist,
                                recurrence, exdates, rdates, reminders, source)
        select p_new, user_id, course_id, parent_id, title, description, due_at, due_on, timezone,
               start_on, 'todo', priority, estimated_minutes, points, weight, submission_method,
               submission_url, tags, checklist, recurrence, exdates, rdates, reminders, source
          from assignment where id = p_id and user_id = p_user and deleted_at is null;
    end if;
end
$$;

-- Changes a series from p_from on: p_tail says what it is from there, p_shift by how much its local
-- times move. With p_new, what comes before stays behind as p_head says, and the tail is the item
-- p_new. Without p_tail the series ends. What differs from the series goes along with its side.
create function rewrite_series(p_kind text, p_id uuid, p_user uuid, p_from timestamp, p_new uuid,
                               p_head jsonb, p_tail jsonb, p_shift interval) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_tail uuid := coalesce(p_new, p_id);
    v_own  occurrence[] := array(select o from own_occurrences(p_kind, p_id, p_user, p_from) as o);
begin
    delete from occurrence as o
     where o.user_id = p_user and o.recurrence_id >= p_from and o.deleted_at is null
       and (p_kind = 'lecture' and o.lecture_id = p_id
            or p_kind = 'assignment' and o.assignment_id = p_id);
    if p_new is not null then
        perform copy_item(p_kind, p_id, p_user, p_new);
        insert into task_creation (item_id, user_id) values (p_new, p_user);
    end if;
    if p_head is not null then
        perform change_series(p_kind, p_id, p_user, p_head);
        perform plan_item(p_kind, p_id, p_user);
    end if;
    if p_tail is null then
        return;
    end if;
    perform change_series(p_kind, v_tail, p_user, p_tail);
    insert into occurrence (id, user_id, assignment_id, lecture_id, recurrence_id, starts_at,
                            ends_at, status, start_local, duration_minutes, title, location,
                            version, created_at)
    select o.id, p_user, case p_kind when 'assignment' then v_tail end,
           case p_kind when 'lecture' then v_tail end, o.recurrence_id + p_shift, o.starts_at,
           o.ends_at, o.status, o.start_local, o.duration_minutes, o.title, o.location,
           o.version + 1, o.created_at
      from unnest(v_own) as o;
    perform plan_item(p_kind, v_tail, p_user);
end
$$;

grant execute on function change_occurrence, own_occurrences, change_series, copy_item,
    rewrite_series to campus_app, campus_system;
