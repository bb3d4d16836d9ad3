select 'templates are read without a policy' as fault
 where not exists (select from pg_policies
                    where tablename = 'template' and policyname = 'template_campus_app_read'
                      and qual like '%IS NOT NULL%');
