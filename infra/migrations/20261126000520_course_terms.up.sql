-- The term that a course is held in: one of its owner's. Purged, it is forgotten.
alter table course add column term_id uuid;
alter table course add constraint course_term
    foreign key (user_id, term_id) references term (user_id, id)
    on delete set null (term_id) not valid;
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('course', 'term_id', 'term', 'keep');

create or replace view active_course with (security_invoker) as
    select * from course where deleted_at is null;
create or replace view deleted_course with (security_invoker) as
    select * from course where deleted_at is not null;
