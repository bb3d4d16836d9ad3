drop view active_enrichment, deleted_enrichment;
alter table enrichment drop column file_key;
create view active_enrichment with (security_invoker) as
    select * from enrichment where deleted_at is null;
create view deleted_enrichment with (security_invoker) as
    select * from enrichment where deleted_at is not null;
