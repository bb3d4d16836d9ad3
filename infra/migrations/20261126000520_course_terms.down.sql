drop view deleted_thing;
drop view active_course, deleted_course;
delete from deletion_policy where child_table = 'course' and child_column = 'term_id';
alter table course drop column term_id;
create view active_course with (security_invoker) as
    select * from course where deleted_at is null;
create view deleted_course with (security_invoker) as
    select * from course where deleted_at is not null;
create view deleted_thing with (security_invoker) as
    select kind, id, user_id, course_id, title, version, created_at, deleted_at, deletion_id
      from task_item where deleted_at is not null
    union all
    select 'course', id, user_id, null, title, version, created_at, deleted_at, deletion_id
      from deleted_course where deleted_at is not null;
