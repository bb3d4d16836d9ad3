-- Each row is a fault; none means the migration holds.
select 'anybody reads the figures of every organization: ' || proname as fault
  from pg_proc
 where proname = 'organization_statistics' and has_function_privilege('public', oid, 'execute');
