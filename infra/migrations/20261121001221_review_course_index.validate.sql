select 'unfinished index: study_session_recalled' as fault
  from pg_index
 where indexrelid = 'study_session_recalled'::regclass and not indisvalid;
