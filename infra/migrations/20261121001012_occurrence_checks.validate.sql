select 'not validated: ' || conname as fault
  from pg_constraint
 where conname in ('lecture_dates', 'assignment_dates') and not convalidated;
