select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('sign_in', 'device') and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application may change ' || name
  from unnest(array['role', 'account_status', 'subscription_tier', 'email']) as name
 where has_column_privilege('campus_app', 'app_user', name, 'update')
union all
select 'the application may read login_attempt'
 where has_table_privilege('campus_app', 'login_attempt', 'select');
