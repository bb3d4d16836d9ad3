-- The history of facts, for administrators. It runs in the role campus_support, which sees
-- everybody; the filters by user, actor and entity take the place of the filter by tenant.

-- name: list_audit_entries
-- sort -occurred_at: occurred_at
-- filter actor: actor_type in ('user', 'api_key') and actor_id = %(actor)s::text
-- filter user: user_id = %(user)s
-- filter entity: entity_type = %(entity_type)s and entity_id = %(entity_id)s
-- filter type: type = any(%(type)s)
-- filter correlation_id: correlation_id = %(correlation_id)s
-- filter occurred_after: occurred_at >= %(occurred_after)s
-- filter occurred_before: occurred_at < %(occurred_before)s
select id, occurred_at, type, version, source, actor_type, actor_id, on_behalf_of, user_id,
       entity_type, entity_id, entity_version, correlation_id, causation_id, request_id,
       api_version, data, reason, before, after
  from event
  left join lateral (select a.reason, a.before, a.after
                       from admin_action as a
                      where a.event_id = event.id) as explanation on true
 where true
