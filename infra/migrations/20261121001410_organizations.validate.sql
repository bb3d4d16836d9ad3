-- Each row is a fault; none means the migration holds.
select 'names of strangers are shown: ' || proname as fault
  from pg_proc
 where proname = 'person_name' and (not prosecdef or proconfig is null);
