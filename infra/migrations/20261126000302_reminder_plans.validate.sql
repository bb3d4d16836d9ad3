select 'the view shows rows of everybody to everybody: ' || relname as fault
  from pg_class
 where relname in ('reminded_item', 'shown_reminder')
   and not coalesce('security_invoker=true' = any (reloptions), false);
