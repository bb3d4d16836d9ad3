select 'no unique index: it cannot be refreshed beside readers' as fault
 where not exists (select from pg_index
                    where indrelid = to_regclass('course_stats') and indisunique and indisvalid)
union all
select 'the figures of all courses are open to ' || role
  from unnest(array['campus_app', 'campus_support']) as role
 where has_table_privilege(role, 'course_stats', 'select');
