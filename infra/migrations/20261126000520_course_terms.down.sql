drop view active_course, deleted_course;
delete from deletion_policy where child_table = 'course' and child_column = 'term_id';
alter table course drop column term_id;
create view active_course with (security_invoker) as
    select * from course where deleted_at is null;
create view deleted_course with (security_invoker) as
    select * from course where deleted_at is not null;
