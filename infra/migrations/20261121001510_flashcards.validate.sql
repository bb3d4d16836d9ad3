select 'table without forced row security: ' || relname as fault
  from pg_class
 where relname in ('flashcard_deck', 'flashcard', 'flashcard_review')
   and not (relrowsecurity and relforcerowsecurity);
