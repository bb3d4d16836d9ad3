select 'unfinished index: ' || indexrelid::regclass::text as fault
  from pg_index
 where indexrelid::regclass::text = 'course_in_term' and not indisvalid;
