select 'stored_answer may not be called by ' || role as fault
  from unnest(array['campus_app', 'campus_system', 'campus_support']) as role
 where not has_function_privilege(role, 'stored_answer(text)', 'execute')
