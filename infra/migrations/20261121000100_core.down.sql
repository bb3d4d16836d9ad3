drop function purge_deleted, restore_record, soft_delete_record, soft_delete_children,
    provision_user, claim_idempotency_key, admit, record_violation, count_requests;
drop table deletion_policy, deletable, consumer_failure, inbox, outbox;
drop table event;
drop function ensure_event_partitions;
drop table idempotency_key, rate_limit, cache_generation, used_nonce, api_key, identity, app_user;
drop function uuid7;
