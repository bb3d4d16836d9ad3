-- Runs, their lock, and what each policy consists of.

-- name: take_lock
select pg_try_advisory_lock(hashtextextended('cleanup ' || %(policy)s, 0))

-- Taken once a batch, so it is held as often; this gives all of it back.
-- name: release_lock
select pg_advisory_unlock_all()

-- name: begin_run
with resumed as (
    select id, cursor from cleanup_run where policy = %(policy)s and finished_at is null
), begun as (
    insert into cleanup_run (id, policy)
    select %(id)s, %(policy)s where not exists (select from resumed)
    returning id, cursor
)
select id, cursor from resumed union all select id, cursor from begun

-- name: record_batch
update cleanup_run
   set scanned = scanned + %(scanned)s, deleted = deleted + %(deleted)s,
       failed = failed + %(failed)s, cursor = %(cursor)s
 where id = %(id)s

-- name: pause_run
update cleanup_run set duration_ms = duration_ms + %(spent)s where id = %(id)s

-- name: finish_run
update cleanup_run
   set finished_at = now(), duration_ms = duration_ms + %(spent)s, cursor = '{}'
 where id = %(id)s
returning scanned, deleted, failed

-- name: steps
select table_name, tier, hours
  from retention_policy
 where name = %(policy)s and action = 'purge'
 order by table_name, tier

-- Children before what they hang on; a table's own policy before the one for all tables.
-- name: trash_steps
with recursive under as (
    select table_name, 0 as depth from deletable
    union all
    select p.child_table, u.depth + 1
      from under as u
      join deletion_policy as p on p.parent_table = u.table_name
     where p.child_table <> p.parent_table and u.depth < 20
), ordered as (
    select table_name, max(depth) as depth from under group by table_name
)
select o.table_name, t.tier, r.hours
  from ordered as o
 cross join (values ('free'), ('premium')) as t (tier)
 cross join lateral (
       select p.hours
         from retention_policy as p
        where p.name = %(policy)s and p.action = 'purge'
          and coalesce(p.table_name, o.table_name) = o.table_name
          and coalesce(p.tier, t.tier) = t.tier
        order by p.table_name nulls last, p.tier nulls last
        limit 1) as r
 order by o.depth desc, o.table_name, t.tier

-- name: ensure_partitions
select ensure_event_partitions(current_date, %(months)s)

-- name: refresh_course_stats
select refresh_course_stats()
