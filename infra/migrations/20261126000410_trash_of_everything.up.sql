-- What is in the trash of a person, courses and what they plan.
create view deleted_thing with (security_invoker) as
    select kind, id, user_id, course_id, title, version, created_at, deleted_at, deletion_id
      from task_item where deleted_at is not null
    union all
    select 'course', id, user_id, null, title, version, created_at, deleted_at, deletion_id
      from deleted_course where deleted_at is not null;
