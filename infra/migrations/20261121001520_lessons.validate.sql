select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('section', 'lesson', 'progress_record')
   and not (relrowsecurity and relforcerowsecurity);
