-- Each row is a fault; none means the migration holds.
select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname = 'subscription' and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application reads ' || name
  from unnest(array['inbound_event', 'subscription_fact']) as name
 where has_table_privilege('campus_app', name, 'select')
union all
select 'the application writes subscriptions'
 where has_table_privilege('campus_app', 'subscription', 'insert, update, delete');
