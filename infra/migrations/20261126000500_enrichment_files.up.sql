-- Where the file of an enrichment that is a medium lies: audio, video and the like. Whoever generates
-- it writes the key. A key begins with the enrichment's own id, so that no row leads to another's file.
alter table enrichment add column file_key text;
alter table enrichment add constraint enrichment_file_key
    check (starts_with(file_key, 'enrichments/' || id::text || '/')
           and length(file_key) between 51 and 200) not valid;

create or replace view active_enrichment with (security_invoker) as
    select * from enrichment where deleted_at is null;
create or replace view deleted_enrichment with (security_invoker) as
    select * from enrichment where deleted_at is not null;
