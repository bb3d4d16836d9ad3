drop function enroll, course_takes, default_visibility;

create or replace function course_is_open(p_course uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select exists (select from course
                    where id = p_course and deleted_at is null
                      and user_id = (select nullif(current_setting('app.user_id', true), '')::uuid))
$$;
