select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname = 'course' and not (relrowsecurity and relforcerowsecurity);
