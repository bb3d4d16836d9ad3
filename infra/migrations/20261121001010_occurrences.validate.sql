select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('occurrence', 'term') and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application may extend the series of all users'
 where has_function_privilege('campus_app', 'extend_series(integer)', 'execute');
