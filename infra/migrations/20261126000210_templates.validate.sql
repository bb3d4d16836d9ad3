select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('template', 'template_share', 'template_rating')
   and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application counts ratings'
 where has_function_privilege('campus_app', 'follow_template_ratings(uuid)', 'execute');
