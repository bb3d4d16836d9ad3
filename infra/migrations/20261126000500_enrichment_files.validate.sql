select 'an enrichment leads to a file that is not its own' as fault
  from enrichment
 where file_key not like 'enrichments/' || id::text || '/%';
