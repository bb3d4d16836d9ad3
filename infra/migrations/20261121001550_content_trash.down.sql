-- transaction: none
drop view if exists deleted_content;
-- statement
drop index concurrently if exists enrichment_trash;
-- statement
drop index concurrently if exists lesson_trash;
-- statement
drop index concurrently if exists section_trash;
