select 'the application cannot answer reminders' as fault
where not has_function_privilege('campus_app', 'respond_to_reminder(uuid, uuid, text, timestamptz, '
                                 'text, integer, integer)', 'execute');
