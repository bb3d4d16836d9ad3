select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('assignment', 'lecture', 'study_session', 'reminder', 'task_creation', 'streak')
   and not (relrowsecurity and relforcerowsecurity);
