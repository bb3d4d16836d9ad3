select 'the application role may change ' || table_name as fault
  from (values ('retention_policy'), ('cleanup_run'), ('health_state')) as t (table_name)
 where has_table_privilege('campus_app', table_name, 'select, insert, update, delete')
union all
select 'no retention for the trash of ' || d.table_name
  from deletable as d
 where not exists (select from retention_policy as p
                    where p.name = 'trash'
                      and coalesce(p.table_name, d.table_name) = d.table_name);
