select 'index missing or invalid: ' || name as fault
  from unnest(array['course_organization_created', 'course_organization_title']) as name
 where not exists (select from pg_index as i
                    where i.indexrelid = to_regclass(name) and i.indisvalid);
