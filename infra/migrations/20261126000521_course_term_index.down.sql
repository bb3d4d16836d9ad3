-- transaction: none
drop index concurrently if exists course_in_term;
