-- name: record_activity
select current_days, longest_days, version from record_activity(%(user_id)s, %(rows)s::jsonb)

-- name: add_activity
select add_activity(%(user_id)s, %(rows)s::jsonb)

-- name: forget_activity
select forget_activity(%(user_id)s)

-- name: keep_streak
select current_days, longest_days, version from keep_streak(%(user_id)s)

-- name: activity_history
select id, type, version, data, entity_version, occurred_at
  from event
 where user_id = %(user_id)s and type = any(%(types)s)
   and (occurred_at, id) > (%(after_time)s::timestamptz, %(after_id)s::uuid)
 order by occurred_at, id
 limit %(limit)s

-- The next users whose statistics are built again.
-- name: users_to_rebuild
select id from app_user where id > %(after_id)s order by id limit %(limit)s

-- name: begin_round
insert into projection_round (projection, after_id)
values (%(projection)s, '00000000-0000-0000-0000-000000000000')
on conflict (projection) do update set updated_at = now()
returning after_id

-- A round that has come to its end begins again with the first user.
-- name: continue_round
update projection_round
   set after_id = coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000'),
       begun_at = case when %(after_id)s::uuid is null then now() else begun_at end,
       updated_at = now()
 where projection = %(projection)s
