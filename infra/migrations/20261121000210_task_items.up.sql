-- What the three kinds of study items have in common.

-- Every item of every kind, live and deleted, in one shape.
create view task_item with (security_invoker) as
    select 'assignment' as kind, id, user_id, course_id, title, due_at as occurs_at,
           completed_at is not null as done, version, created_at, deleted_at, deletion_id
      from assignment
    union all
    select 'lecture', id, user_id, course_id, title, starts_at,
           false, version, created_at, deleted_at, deletion_id
      from lecture
    union all
    select 'study_session', id, user_id, course_id, topic, starts_at,
           status = 'finished', version, created_at, deleted_at, deletion_id
      from study_session;

-- When a series takes place until p_until (400 days after its start when not given), in order.
-- Kept in local time, so that ten o'clock stays ten o'clock across a change of the clocks. Without
-- a rule: once.
create function lecture_occurrences(p_start timestamp, p_timezone text, p_rule text,
                                    p_until timestamp default null) returns setof timestamptz
language sql stable security invoker set search_path = public, pg_temp as $$
    with rule as (
        select substring(p_rule from 'FREQ=([A-Z]+)') as freq,
               coalesce(substring(p_rule from 'INTERVAL=([0-9]+)')::integer, 1) as step,
               substring(p_rule from 'COUNT=([0-9]+)')::integer as times,
               substring(p_rule from 'UNTIL=([0-9TZ]+)') as until,
               string_to_array(substring(p_rule from 'BYDAY=([A-Z,]+)'), ',') as weekdays
    ), day as (
        select p_start + make_interval(days => n) as start_local, n,
               (extract(isodow from p_start)::integer - 1 + n) / 7 as week,
               (array['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])
                   [extract(isodow from p_start + make_interval(days => n))::integer] as weekday
          from generate_series(0, case when p_rule is null then 0
                                       else coalesce(p_until, p_start + interval '400 days')::date
                                            - p_start::date end) as n
    )
    select d.start_local at time zone p_timezone
      from day as d cross join rule as r
     where (p_rule is null
            or (case r.freq when 'DAILY' then d.n else d.week end) % r.step = 0
               and (d.weekday = any(r.weekdays)
                    or r.weekdays is null and (r.freq = 'DAILY' or d.n % 7 = 0)))
       and (p_until is null or d.start_local <= p_until)
       and case when r.until like '%T%'
                then d.start_local at time zone p_timezone <= r.until::timestamptz
                else coalesce(d.start_local::date <= r.until::date, true) end
     order by d.n
     limit (select times from rule)
$$;

-- How many new items the 30-day window of a user holds, and when the oldest leaves it.
create function task_allowance(p_user uuid)
returns table (used integer, resets_at timestamptz)
language sql stable security invoker set search_path = public, pg_temp as $$
    select count(*)::integer, min(created_at) + interval '30 days'
      from task_creation
     where user_id = p_user and created_at > now() - interval '30 days'
$$;

-- Whether a user may add an item: within the plan's limit (null: none), under an open course.
create function task_permission(p_user uuid, p_limit integer, p_course uuid)
returns table (within_limit boolean, course_open boolean, used integer, resets_at timestamptz)
language plpgsql stable security invoker set search_path = public, pg_temp as $$
begin
    return query
    select coalesce(a.used < p_limit, true), p_course is null or course_is_open(p_course),
           a.used, a.resets_at
      from task_allowance(p_user) as a;
end
$$;

-- Whether an assignment may be a part of another: of a live one that is no part itself.
create function parent_is_open(p_user uuid, p_parent uuid, p_part uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select p_parent is null
           or p_parent <> p_part
              and exists (select from assignment
                           where id = p_parent and user_id = p_user and deleted_at is null
                             and parent_id is null)
              and not exists (select from assignment
                               where user_id = p_user and parent_id = p_part)
$$;

-- What a deletion took within five minutes of its creation does not count against the allowance.
create function forget_quick_creations(p_user uuid, p_deletion uuid) returns void
language sql volatile security invoker set search_path = public, pg_temp as $$
    delete from task_creation as c
     using task_item as i
     where i.user_id = p_user and i.deletion_id = p_deletion
       and c.item_id = i.id and c.user_id = p_user
       and c.created_at > now() - interval '5 minutes'
$$;

-- Moves one live item to the trash with what hangs on it. Returns the items that went, not the
-- reminders.
create function delete_task_item(p_kind text, p_id uuid, p_user uuid, p_deletion uuid,
                                 p_version integer)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if soft_delete_record(p_kind, p_id, p_user, p_deletion, p_version) = '{}' then
        return;
    end if;
    perform forget_quick_creations(p_user, p_deletion);
    return query
    select i.kind, i.id, i.version from task_item as i
     where i.user_id = p_user and i.deletion_id = p_deletion;
end
$$;

-- Brings back exactly what one deletion took (null: nothing), and counts it again. What lies under
-- something that another deletion has taken meanwhile belongs to that deletion from now on. Returns
-- the items that came back, not the reminders.
create function restore_task_deletion(p_user uuid, p_deletion uuid)
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

-- Removes one item for good, live or (p_from_trash) from the trash only, with its reminders and
-- the parts that were deleted with it. Returns the items that went, a version later.
create function purge_task_item(p_kind text, p_id uuid, p_user uuid, p_version integer,
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

grant execute on function lecture_occurrences, task_allowance, task_permission, parent_is_open,
    forget_quick_creations, delete_task_item, restore_task_deletion, purge_task_item to campus_app, campus_system;
