create or replace function add_first_lecture(p_id uuid, p_user uuid, p_course uuid, p_title text,
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

drop function extend_series, plan_item, occurrence_at, remind_of_item, item_dates;
drop view recurring_item, planned_occurrence, active_term, deleted_term, active_occurrence, deleted_occurrence;
delete from retention_policy where table_name in ('occurrence', 'term');
delete from deletion_policy where child_table = 'occurrence';
delete from deletable where table_name in ('occurrence', 'term');
drop table term;
drop table occurrence;
alter table assignment
    drop column recurrence, drop column exdates, drop column rdates, drop column expanded_until;
alter table lecture
    drop column exdates, drop column rdates, drop column skips_breaks, drop column expanded_until;
