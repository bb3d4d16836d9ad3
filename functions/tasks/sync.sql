-- One page of all live items by id, and from where changes are to be asked for afterwards.
-- name: sync_all
with now_is as (
    select pg_snapshot_xmin(pg_current_snapshot())::text as position, now() as at
)
select n.position, n.at, i.kind, i.id
  from now_is as n
  left join (select kind, id from task_item
              where user_id = %(user_id)s and deleted_at is null
                and id > %(after)s::uuid
              order by id limit %(most)s) as i on true
 order by i.id

-- What happened to items since a position of the history: only facts of transactions that are all
-- over, below the oldest one still running. The time only narrows the search in the history: a fact
-- is told within the seconds that a transaction may last.
-- name: sync_changes
with now_is as (
    select pg_snapshot_xmin(pg_current_snapshot()) as upto, now() as at
)
select n.upto::text as upto, n.at, e.position::text as position, e.id as event_id, e.entity_type,
       e.entity_id, e.data ->> 'kind' as of_kind, e.data ->> 'itemId' as of_id
  from now_is as n
  left join lateral (
       select position, id, entity_type, entity_id, data
         from event
        where user_id = %(user_id)s
          and occurred_at >= %(at)s::timestamptz - interval '1 hour'
          and (position, id) > (%(position)s::xid8, %(event_id)s::uuid) and position < n.upto
          and entity_type in ('assignment', 'lecture', 'study_session', 'occurrence',
                              'course_items')
        order by position, id limit %(most)s) as e on true
 order by e.position, e.id

-- Which of the items that were named, or that belong to courses that were, are there.
-- name: sync_items
select kind, id, deleted_at is null as is_live
  from task_item
 where user_id = %(user_id)s and (id = any(%(ids)s) or course_id = any(%(course_ids)s))

-- name: sync_occurrences
select id, kind, item_id, recurrence_id, starts_at, ends_at, timezone, status, title, location,
       start_local, duration_minutes, version, created_at, updated_at
  from shown_occurrence
 where user_id = %(user_id)s and item_id = any(%(ids)s)
   and (status <> 'planned' or is_changed)
 order by item_id, recurrence_id
