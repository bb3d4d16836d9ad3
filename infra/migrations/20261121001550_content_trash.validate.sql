select 'index missing or invalid: ' || name as fault
  from unnest(array['section_trash', 'lesson_trash', 'enrichment_trash']) as name
 where not exists (select from pg_index as i
                    where i.indexrelid = to_regclass(name) and i.indisvalid);
