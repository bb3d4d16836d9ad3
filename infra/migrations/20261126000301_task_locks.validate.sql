select 'the application cannot tell what is locked' as fault
where not has_function_privilege('campus_app', 'task_is_locked(uuid, timestamptz, uuid, integer)',
                                 'execute');
