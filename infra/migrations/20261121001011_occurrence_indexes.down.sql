-- transaction: none
drop index concurrently if exists assignment_expansion;
-- statement
drop index concurrently if exists lecture_expansion;
