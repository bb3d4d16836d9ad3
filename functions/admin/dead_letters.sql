-- Failures of subscribers belong to functions, not to tenants.

-- Of the latest 10,000: beyond that, the number no longer matters.
-- name: open_failures
with latest as (
    select failure_group, subscriber, event_type, attempts, first_at, last_at
      from consumer_failure
     where resolved_at is null
     order by last_at desc, event_id desc
     limit 10000
)
select failure_group, subscriber, event_type, count(*)::integer as events,
       sum(attempts)::integer as attempts, min(first_at) as first_at, max(last_at) as last_at
  from latest
 group by failure_group, subscriber, event_type
 order by max(last_at) desc, failure_group, subscriber, event_type
 limit 500

-- Written before the messages move, so that no replay goes without its reason.
-- name: explain_replay
insert into admin_action (id, action, actor_id, target_type, target_id, reason, after, event_id,
                          correlation_id)
values (%(id)s, 'dead_letter.replayed', %(user_id)s, 'dead_letter', %(function)s, %(reason)s,
        jsonb_build_object('limit', %(limit)s::integer), %(event_id)s, %(correlation_id)s)
