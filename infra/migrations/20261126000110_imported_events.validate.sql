-- Each row is a fault; none means the migration holds.
select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname = 'imported_event' and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application cannot import calendars'
 where not has_function_privilege('campus_app',
           'import_calendar(uuid, jsonb, jsonb, jsonb, uuid[], uuid)', 'execute');
