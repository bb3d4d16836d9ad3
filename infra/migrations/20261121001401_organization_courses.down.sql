-- transaction: none
drop index concurrently if exists course_organization_title;
-- statement
drop index concurrently if exists course_organization_created;
