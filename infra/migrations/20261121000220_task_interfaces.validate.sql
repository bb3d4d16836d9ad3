select 'the application may claim reminders of all users' as fault
 where has_function_privilege('campus_app', 'claim_due_reminders(integer)', 'execute');
