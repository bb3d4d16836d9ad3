select 'not validated: ' || conname as fault
  from pg_constraint
 where conname = 'enrichment_file_key' and not convalidated;
