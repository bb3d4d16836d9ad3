-- Another day of a course's exam is another deadline for what is to be recalled for it: whatever
-- would be due on that day or later is due on its eve, or tomorrow if that has passed; all else
-- when SM-2 says. Days are each learner's own.
create function follow_exam_of_reviews(p_course uuid) returns integer
language sql volatile security invoker set search_path = public, pg_temp as $$
    with exam as (
        select course_exam_on(p_course) as on_day
    ), standing as (
        select s.id, u.timezone, (now() at time zone u.timezone)::date as today,
               (s.last_reviewed_at at time zone u.timezone)::date + s.interval_days as scheduled
          from study_session as s join app_user as u on u.id = s.user_id
         where s.course_id = p_course and s.deleted_at is null
           and s.last_reviewed_at is not null and s.review_due_at is not null
    ), deadline as (
        select t.id, (case when e.on_day > t.today and e.on_day <= t.scheduled
                           then greatest(t.today + 1, e.on_day - 1)
                           else t.scheduled end)::timestamp at time zone t.timezone as due_at
          from standing as t cross join exam as e
    ), moved as (
        update study_session as s
           set review_due_at = d.due_at, version = s.version + 1, updated_at = now()
          from deadline as d
         where s.id = d.id and s.deleted_at is null and s.review_due_at <> d.due_at
        returning 1
    )
    select count(*)::integer from moved
$$;
grant execute on function follow_exam_of_reviews to campus_system;
