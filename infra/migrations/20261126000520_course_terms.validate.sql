select 'a course is held in a term that is not its owner''s' as fault
  from course as c
 where c.term_id is not null
   and not exists (select from term as t where t.id = c.term_id and t.user_id = c.user_id);
