-- Each row is a fault; none means the migration holds.
select 'the view shows rows of everybody to everybody' as fault
  from pg_class
 where relname = 'deleted_thing'
   and not coalesce('security_invoker=true' = any (reloptions), false);
