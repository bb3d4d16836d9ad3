-- What tasks publishes for other domains. All of it runs in the caller's transaction and role.

-- For courses: the first lecture of a new course, once or as a series of p_count occurrences
-- p_weeks apart, with reminders for each.
create function add_first_lecture(p_id uuid, p_user uuid, p_course uuid, p_title text,
                                  p_start_local timestamp, p_timezone text, p_minutes integer,
                                  p_location text, p_weeks integer, p_count integer,
                                  p_offsets integer[]) returns uuid
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_rule text := case when p_count > 1 then
        concat('FREQ=WEEKLY', case when p_weeks > 1 then format(';INTERVAL=%s', p_weeks) end,
               format(';COUNT=%s', p_count)) end;
begin
    insert into lecture (id, user_id, course_id, title, start_local, timezone, starts_at,
                         duration_minutes, location, recurrence, reminders)
    values (p_id, p_user, p_course, p_title, p_start_local, p_timezone,
            p_start_local at time zone p_timezone, p_minutes, p_location, v_rule, p_offsets);
    insert into task_creation (item_id, user_id) values (p_id, p_user);
    insert into reminder (id, user_id, lecture_id, offset_minutes, occurs_at, remind_at)
    select uuid7(), p_user, p_id, minutes, occurs_at, occurs_at - make_interval(mins => minutes)
      from lecture_occurrences(p_start_local, p_timezone, v_rule) as occurs_at
     cross join unnest(p_offsets) as minutes
     where occurs_at - make_interval(mins => minutes) > now();
    return p_id;
end
$$;

-- For courses: how much the deletion of the caller's course takes with it.
create function course_items(p_course uuid)
returns table (assignments integer, lectures integer, study_sessions integer, reminders integer)
language sql stable security invoker set search_path = public, pg_temp as $$
    with owner as (
        select nullif(current_setting('app.user_id', true), '')::uuid as user_id
    ), whole as (
        select id from assignment
         where user_id = (select user_id from owner) and course_id = p_course
           and deleted_at is null
    ), work as (
        select id from whole
        union
        select id from assignment
         where user_id = (select user_id from owner) and parent_id = any(array(table whole))
           and deleted_at is null
    ), taught as (
        select id from lecture
         where user_id = (select user_id from owner) and course_id = p_course
           and deleted_at is null
    ), studied as (
        select id from study_session
         where user_id = (select user_id from owner) and course_id = p_course
           and deleted_at is null
    )
    select (select count(*) from work)::integer, (select count(*) from taught)::integer,
           (select count(*) from studied)::integer,
           (select count(*) from reminder
             where user_id = (select user_id from owner) and deleted_at is null
               and (assignment_id = any(array(table work)) or lecture_id = any(array(table taught))
                    or study_session_id = any(array(table studied))))::integer
$$;

-- Gives the live items of a course a deletion id.
create function delete_course_items(p_user uuid, p_course uuid, p_deletion uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_kind text;
    v_ids  uuid[];
begin
    foreach v_kind in array array['assignment', 'lecture', 'study_session'] loop
        execute format(
            'with hit as (update %I set deleted_at = now(), deleted_by = $1, deletion_id = $3,
                                 updated_at = now(), version = version + 1
                           where user_id = $1 and course_id = $2 and deleted_at is null
                          returning id)
             select array_agg(id) from hit', v_kind)
           into v_ids using p_user, p_course, p_deletion;
        perform soft_delete_children(v_kind, v_ids, p_user, p_deletion) where v_ids is not null;
    end loop;
    perform forget_quick_creations(p_user, p_deletion);
end
$$;

-- Brings the items of a course in line with what the course is now, whatever order its events come
-- in: a deletion that no longer holds is undone, the one that holds takes all live items. The lock
-- is the one under which items are written, so nothing is added behind its back.
create function follow_course(p_user uuid, p_course uuid, p_deletion uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_current uuid;
begin
    perform pg_advisory_xact_lock(hashtextextended('tasks' || p_user::text, 0));
    select deletion_id into v_current from deleted_course where id = p_course and user_id = p_user;
    if v_current is distinct from p_deletion
       and (v_current is not null or course_is_open(p_course)) then
        perform restore_task_deletion(p_user, p_deletion);
    end if;
    if v_current is not null then
        perform delete_course_items(p_user, p_course, v_current);
    end if;
end
$$;

-- For notifications: leases what is due for five minutes; a lease that ran out is due again.
-- `relevant` says whether the item is still live, ahead and not done.
create function claim_due_reminders(p_limit integer)
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

-- For notifications: ends a lease with what became of the reminder (sent, skipped, cancelled, or
-- pending to have it again). False when the lease had ended otherwise.
create function settle_reminder(p_id uuid, p_status text) returns boolean
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    update reminder
       set status = p_status, claimed_until = null, updated_at = now(), version = version + 1
     where id = p_id and status = 'claimed';
    return found;
end
$$;

grant execute on function add_first_lecture, course_items, delete_course_items, follow_course
    to campus_app, campus_system;
grant execute on function claim_due_reminders, settle_reminder to campus_system;
