-- Each row is a fault; none means the migration holds.
select 'the trail of staff can be changed by ' || role as fault
  from unnest(array['campus_app', 'campus_system', 'campus_support']) as role
 where has_table_privilege(role, 'admin_action', 'update, delete, truncate')
union all
select 'wildcards of a search are not taken literally'
 where 'axb' like contains_pattern('a%b') or 'a_b\' not like contains_pattern('_b\');
