-- Each row is a fault; none means the migration holds.
select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('course', 'organization', 'membership', 'enrollment')
   and not (relrowsecurity and relforcerowsecurity)
union all
select 'the application sees every row: ' || policyname
  from pg_policies
 where 'campus_app' = any (roles) and qual = 'true'
   and tablename in ('course', 'organization', 'membership', 'enrollment');
