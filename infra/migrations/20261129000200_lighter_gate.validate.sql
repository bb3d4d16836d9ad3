select f.name || ' may not be called by ' || role as fault
  from unnest(array['count_requests(text[], integer[])', 'admit(text, text, bytea)',
                    'stored_answer(text)']) as f (name)
 cross join unnest(array['campus_app', 'campus_system', 'campus_support']) as role
 where not has_function_privilege(role, f.name, 'execute')
