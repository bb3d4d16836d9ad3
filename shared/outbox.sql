-- name: add_events
with fact as (
    select *
      from jsonb_to_recordset(%(events)s::jsonb) as f (
           id uuid, occurred_at timestamptz, type text, version smallint, source text,
           actor_type text, actor_id text, on_behalf_of uuid, user_id uuid, organization_id uuid,
           entity_type text, entity_id text, entity_version integer, audience text,
           correlation_id text, causation_id uuid, request_id text, trace_id text,
           api_version text, data jsonb)
), history as (
    insert into event (id, occurred_at, type, version, source, actor_type, actor_id, on_behalf_of,
                       user_id, organization_id, entity_type, entity_id, entity_version, audience,
                       correlation_id, causation_id, request_id, trace_id, api_version, data)
    select id, occurred_at, type, version, source, actor_type, actor_id, on_behalf_of,
           user_id, organization_id, entity_type, entity_id, entity_version, audience,
           correlation_id, causation_id, request_id, trace_id, api_version, data
      from fact
)
insert into outbox (event_id, occurred_at, claimed_until)
select id, occurred_at, now() + interval '20 seconds' from fact order by id

-- name: confirm_published
delete from outbox where event_id = any(%(ids)s)

-- Claims are leases, not locks held across PutEvents: no external call inside a transaction.
-- name: claim_outbox
with due as (
    select event_id
      from outbox
     where claimed_until < now()
     order by claimed_until, event_id
     limit %(batch)s
       for update skip locked
), claimed as (
    update outbox as o
       set claimed_until = now() + interval '30 seconds', attempts = o.attempts + 1
      from due
     where o.event_id = due.event_id
    returning o.event_id, o.occurred_at
)
select e.*
  from claimed as c
  join event as e on e.id = c.event_id and e.occurred_at = c.occurred_at
 order by e.occurred_at, e.id

-- name: outbox_backlog
select count(*) as backlog,
       coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as oldest_seconds
  from outbox

-- Puts back what some subscriber has not taken into effect: after the bus or a queue lost messages.
-- name: requeue_unhandled
insert into outbox (event_id, occurred_at, claimed_until)
select e.id, e.occurred_at, now()
  from event as e
 where e.occurred_at > %(since)s
   and exists (select 1
                 from jsonb_to_recordset(%(subscriptions)s::jsonb) as s (type text, subscriber text)
                where s.type = e.type
                  and not exists (select 1 from inbox as i
                                   where i.event_id = e.id and i.subscriber = s.subscriber))
on conflict (event_id) do nothing

-- name: claim_inbox
insert into inbox (subscriber, event_id)
values (%(subscriber)s, %(event_id)s)
on conflict do nothing
returning event_id

-- name: record_failure
insert into consumer_failure as f (event_id, subscriber, event_type, failure_group)
values (%(event_id)s, %(subscriber)s, %(event_type)s, %(failure_group)s)
on conflict (event_id, subscriber) do update
   set attempts = f.attempts + 1, last_at = now(), resolved_at = null,
       failure_group = excluded.failure_group

-- name: resolve_failure
update consumer_failure
   set resolved_at = now()
 where event_id = %(event_id)s and subscriber = %(subscriber)s and resolved_at is null
