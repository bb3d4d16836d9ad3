-- Each row is a fault; none means the migration holds.
select 'procedure missing: ' || name as fault
from unnest(array['protect', 'bound_times', 'run_as_definer']) as name
where not exists (select
                  from pg_proc
                  where proname = name and pronamespace = 'public'::regnamespace);

select 'the application may change policies' as fault
where has_function_privilege('campus_app', 'protect(regclass, text)', 'execute');
