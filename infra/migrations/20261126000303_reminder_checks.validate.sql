select 'not validated: ' || conname as fault
  from pg_constraint
 where conname in ('reminder_response', 'reminder_reason', 'reminder_purpose_check')
   and not convalidated;
