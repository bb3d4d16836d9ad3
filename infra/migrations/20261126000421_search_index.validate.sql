select 'unfinished index: public_course_words' as fault
  from pg_index
 where indexrelid = 'public_course_words'::regclass and not indisvalid;
