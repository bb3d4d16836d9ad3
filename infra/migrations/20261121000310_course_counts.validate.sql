select 'the view shows rows of everybody to everybody: ' || relname as fault
  from pg_class
 where relname = 'course_item_count'
   and not coalesce('security_invoker=true' = any (reloptions), false);
