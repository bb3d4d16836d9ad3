select 'the application cannot plan around breaks' as fault
 where not has_function_privilege('campus_app', 'plan_around_breaks(uuid)', 'execute');
