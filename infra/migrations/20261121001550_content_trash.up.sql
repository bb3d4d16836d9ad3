-- transaction: none
-- The trash of one course.
create index concurrently if not exists section_trash
    on section (course_id, deleted_at, id) where deleted_at is not null;
-- statement
create index concurrently if not exists lesson_trash
    on lesson (course_id, deleted_at, id) where deleted_at is not null;
-- statement
create index concurrently if not exists enrichment_trash
    on enrichment (course_id, deleted_at, id) where deleted_at is not null;
-- statement
create or replace view deleted_content with (security_invoker) as
    select 'section' as kind, id, user_id, course_id, title, version, created_at, deleted_at,
           deletion_id
      from section where deleted_at is not null
    union all
    select 'lesson', id, user_id, course_id, title, version, created_at, deleted_at, deletion_id
      from lesson where deleted_at is not null
    union all
    select 'enrichment', id, user_id, course_id, type, version, created_at, deleted_at, deletion_id
      from enrichment where deleted_at is not null;
