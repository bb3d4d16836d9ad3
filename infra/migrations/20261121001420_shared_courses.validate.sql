-- Each row is a fault; none means the migration holds.
select 'strangers are let in: ' || proname as fault
  from pg_proc
 where proname = 'course_takes' and (not prosecdef or proconfig is null);
