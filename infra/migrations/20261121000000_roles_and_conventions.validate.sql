select count(*) = 3
from pg_proc
where pronamespace = 'public'::regnamespace
  and proname in ('protect', 'bound_times', 'run_as_definer');

select not has_function_privilege('campus_app', 'protect(regclass, text)', 'execute');
