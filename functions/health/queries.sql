-- name: schema_version
select max(version) from schema_migration

-- What the event layer did in the last five minutes, and what it still has to do.
-- name: figures
with reaction as (
    select extract(epoch from i.received_at - e.occurred_at) as seconds
      from inbox as i
      join event as e on e.id = i.event_id
     where i.received_at > now() - interval '5 minutes'
       and e.occurred_at > now() - interval '1 day'
), failure as (
    select count(*) as open,
           count(*) filter (where last_at > now() - interval '5 minutes') as recent
      from consumer_failure
     where resolved_at is null
), waiting as (
    select count(*) as backlog,
           coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as oldest_seconds
      from outbox
), done as (
    select count(*) as number, coalesce(avg(seconds), 0)::float8 as mean_seconds from reaction
)
select w.backlog, w.oldest_seconds, f.open as open_failures,
       coalesce(f.recent::float8 / nullif(f.recent + d.number, 0), 0) as error_rate,
       d.mean_seconds
  from waiting as w cross join failure as f cross join done as d

-- The state told before, when it differs from the one given; no row when nothing changed.
-- name: move_state
insert into health_state as s (component, status)
select %(component)s, %(status)s
 where %(status)s <> 'healthy'
    or exists (select from health_state where component = %(component)s)
on conflict (component) do update
   set status = excluded.status, changed_at = now()
 where s.status <> excluded.status
returning status
