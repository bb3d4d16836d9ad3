select 'not validated: ' || conname as fault
  from pg_constraint
 where conname = 'course_term' and not convalidated;
