-- Each row is a fault; none means the migration holds.
select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('app_user', 'identity', 'api_key', 'idempotency_key', 'event')
   and not (relrowsecurity and relforcerowsecurity)
union all
select 'no partition for this month'
 where to_regclass('event_' || to_char(now(), 'YYYY_MM')) is null;
