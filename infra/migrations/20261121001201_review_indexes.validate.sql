select 'unfinished index: ' || indexrelid::regclass::text as fault
  from pg_index
 where indexrelid::regclass::text in ('study_session_review', 'reminder_review')
   and not indisvalid;
