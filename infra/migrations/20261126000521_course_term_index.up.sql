-- transaction: none
-- For what a purged term is forgotten by, and lists of a term's courses.
create index concurrently if not exists course_in_term on course (user_id, term_id)
    where term_id is not null;
