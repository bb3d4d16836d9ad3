-- name: last_events
select e.id, e.occurred_at, e.type, e.source, e.actor_type, e.entity_type, e.entity_id,
       e.correlation_id, e.causation_id, e.data,
       exists (select 1 from outbox as o where o.event_id = e.id) as waiting,
       array(select i.subscriber
               from inbox as i
              where i.event_id = e.id
              order by i.received_at) as handled_by
  from event as e
 order by e.occurred_at desc, e.id desc
 limit 100

-- name: events_of_trace
select e.id, e.occurred_at, e.type, e.source, e.causation_id, e.data
  from event as e
 where e.correlation_id = %(correlation_id)s
 order by e.occurred_at, e.id

-- name: runs_of_trace
select i.subscriber, i.received_at, e.id as event_id, e.type
  from inbox as i
  join event as e on e.id = i.event_id
 where e.correlation_id = %(correlation_id)s
 order by i.received_at

-- name: failures_of_trace
select f.subscriber, f.event_id, f.event_type, f.failure_group, f.attempts, f.last_at
  from consumer_failure as f
  join event as e on e.id = f.event_id
 where e.correlation_id = %(correlation_id)s
 order by f.last_at
