drop function purge_trash_batch;
drop index consumer_failure_resolved;
drop table health_state, cleanup_run, retention_policy;
