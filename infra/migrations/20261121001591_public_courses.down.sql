drop function follow_public_course;
drop table public_course;
