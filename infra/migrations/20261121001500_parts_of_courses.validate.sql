select 'function that nobody may run: ' || name as fault
  from unnest(array['delete_part', 'restore_part', 'purge_part']) as name
 where not exists (select from pg_proc where proname = name
                    and has_function_privilege('campus_app', oid, 'execute'));
