-- Each row is a fault; none means the migration holds.
select 'accents are not folded' as fault where folded('École') <> 'Ecole'
union all
select 'a last word is no beginning' where not to_tsvector('simple', 'logic') @@ search_query('log')
union all
select 'the view shows rows of everybody to everybody'
  from pg_class
 where relname = 'searched_item'
   and not coalesce('security_invoker=true' = any (reloptions), false);
