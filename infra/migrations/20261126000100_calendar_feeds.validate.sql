-- Each row is a fault; none means the migration holds.
select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname = 'calendar_feed' and not (relrowsecurity and relforcerowsecurity);
