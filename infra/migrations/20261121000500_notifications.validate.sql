select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('notification', 'delivery', 'notification_preferences', 'suppression')
   and not (relrowsecurity and relforcerowsecurity);
