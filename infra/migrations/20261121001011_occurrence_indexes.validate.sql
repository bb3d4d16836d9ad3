select 'index missing or not valid: ' || name as fault
  from unnest(array['lecture_expansion', 'assignment_expansion']) as name
 where not exists (select from pg_class as c join pg_index as i on i.indexrelid = c.oid
                    where c.relname = name and i.indisvalid);
