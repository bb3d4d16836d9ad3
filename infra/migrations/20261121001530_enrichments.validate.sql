select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('enrichment', 'quiz_attempt', 'enrichment_report')
   and not (relrowsecurity and relforcerowsecurity);
