drop function course_allowance, course_is_locked, course_is_open;
drop view deleted_course, active_course;
delete from deletable where table_name = 'course';
drop table course;
