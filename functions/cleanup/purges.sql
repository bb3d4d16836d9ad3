-- One batch each: how many rows were due, how many are gone, and where to go on.

-- name: purge_trash
select scanned, deleted, failed, last_time, last_id
  from purge_trash_batch(%(table)s, %(tier)s, %(before)s, %(after_time)s, %(after_id)s, %(limit)s)

-- name: purge_idempotency_key
with due as (
    select user_id, key from idempotency_key
     where expires_at < %(before)s
     order by expires_at
     limit %(limit)s
       for update skip locked
), gone as (
    delete from idempotency_key as k using due
     where k.user_id = due.user_id and k.key = due.key
    returning 1
)
select count(*) as scanned, count(*) as deleted, 0 as failed,
       null::timestamptz as last_time, null::uuid as last_id
  from gone

-- name: purge_rate_limit
with due as (
    select key from rate_limit
     where minute < extract(epoch from now()) / 60 - 2
       and coalesce(violated_at < %(before)s, true)
     order by minute
     limit %(limit)s
       for update skip locked
), gone as (
    delete from rate_limit as r using due where r.key = due.key returning 1
)
select count(*) as scanned, count(*) as deleted, 0 as failed,
       null::timestamptz as last_time, null::uuid as last_id
  from gone

-- name: purge_used_nonce
with due as (
    select api_key_id, nonce from used_nonce
     where used_at < %(before)s
     order by used_at
     limit %(limit)s
       for update skip locked
), gone as (
    delete from used_nonce as n using due
     where n.api_key_id = due.api_key_id and n.nonce = due.nonce
    returning 1
)
select count(*) as scanned, count(*) as deleted, 0 as failed,
       null::timestamptz as last_time, null::uuid as last_id
  from gone

-- name: purge_inbox
with due as (
    select event_id, subscriber from inbox
     where received_at < %(before)s
     order by received_at
     limit %(limit)s
       for update skip locked
), gone as (
    delete from inbox as i using due
     where i.event_id = due.event_id and i.subscriber = due.subscriber
    returning 1
)
select count(*) as scanned, count(*) as deleted, 0 as failed,
       null::timestamptz as last_time, null::uuid as last_id
  from gone

-- name: purge_consumer_failure
with due as (
    select event_id, subscriber from consumer_failure
     where resolved_at < %(before)s
     order by resolved_at
     limit %(limit)s
       for update skip locked
), gone as (
    delete from consumer_failure as f using due
     where f.event_id = due.event_id and f.subscriber = due.subscriber
    returning 1
)
select count(*) as scanned, count(*) as deleted, 0 as failed,
       null::timestamptz as last_time, null::uuid as last_id
  from gone

-- name: purge_cleanup_run
with due as (
    select id from cleanup_run
     where finished_at < %(before)s
     order by finished_at
     limit %(limit)s
       for update skip locked
), gone as (
    delete from cleanup_run as c using due where c.id = due.id returning 1
)
select count(*) as scanned, count(*) as deleted, 0 as failed,
       null::timestamptz as last_time, null::uuid as last_id
  from gone
