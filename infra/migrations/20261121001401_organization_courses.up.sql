-- transaction: none
-- Lists of an organization's courses.
create index concurrently if not exists course_organization_created
    on course (organization_id, created_at, id)
    where deleted_at is null and organization_id is not null;
-- statement
create index concurrently if not exists course_organization_title
    on course (organization_id, title, id)
    where deleted_at is null and organization_id is not null;
