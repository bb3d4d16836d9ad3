-- It was added without a look at what is there, which would have stopped all writers.
alter table enrichment validate constraint enrichment_file_key;
