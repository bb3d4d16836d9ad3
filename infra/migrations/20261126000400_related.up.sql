-- What domains publish for each other to show beside their own rows (`include=`).

-- By courses: as much of a live course as is told beside what belongs to it, to whoever reads it.
create view course_brief with (security_invoker) as
    select id, title, code, color, status
      from course
     where deleted_at is null
       and (user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)
            or reads_course(id));

-- By tasks: the live items of a course.
create view course_assignment with (security_invoker) as
    select user_id, id, course_id, title, description, due_at, status, priority,
           submission_method, submission_url, version, created_at, updated_at
      from assignment
     where deleted_at is null;
create view course_lecture with (security_invoker) as
    select user_id, id, course_id, title, description, kind, starts_at, duration_minutes,
           recurrence, location, version, created_at, updated_at
      from lecture
     where deleted_at is null;
create view course_study_session with (security_invoker) as
    select user_id, id, course_id, topic, notes, starts_at, ends_at, status, version, created_at,
           updated_at
      from study_session
     where deleted_at is null;
