drop function purge_trash_batch;
drop table health_state, cleanup_run, retention_policy;
