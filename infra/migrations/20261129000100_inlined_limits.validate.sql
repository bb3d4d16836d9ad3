select p.proname || ' cannot be taken into a statement' as fault
  from pg_proc as p
 where p.pronamespace = 'public'::regnamespace
   and p.proname in ('task_permission', 'task_lock_line')
   and (p.prosqlbody is null or p.proconfig is not null)
