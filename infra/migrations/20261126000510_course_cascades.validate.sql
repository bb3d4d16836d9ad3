select 'the application may not end enrollments' as fault
 where not has_function_privilege('campus_app', 'end_enrollments(uuid, uuid, uuid)', 'execute');
