select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname = 'dependency' and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application cannot see a cycle'
 where not has_function_privilege('campus_app', 'dependency_cycle(uuid, uuid, uuid)', 'execute');
