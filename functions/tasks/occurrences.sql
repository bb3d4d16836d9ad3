-- Of a locked item there is one row that says so.
-- name: change_occurrence
with standing as (
    select task_is_locked(user_id, created_at, id, %(limit)s) as locked, created_at as item_made_at
      from task_item
     where kind = %(kind)s and id = %(id)s and user_id = %(user_id)s and deleted_at is null
)
select o.id, o.kind, o.item_id, o.recurrence_id, o.starts_at, o.ends_at, o.timezone, o.status,
       o.title, o.location, o.start_local, o.duration_minutes, o.version, o.created_at,
       o.updated_at, s.locked, s.item_made_at,
       case when s.locked then (select used from task_allowance(%(user_id)s)) end as used,
       told_reminders() as reminder_changes
  from standing as s
  left join lateral change_occurrence(%(kind)s, case when not s.locked then %(id)s::uuid end,
                                      %(user_id)s, %(recurrence_id)s, %(changes)s,
                                      %(if_match)s) as o on true
 where o.id is not null or s.locked

-- An occurrence with the series that it is of, and whether there is room for one more item.
-- name: get_series
select s.id, s.kind, s.item_id, s.recurrence_id, s.starts_at, s.ends_at, s.timezone, s.status,
       s.title, s.location, s.start_local as moved_to, s.duration_minutes, s.version, s.created_at,
       s.updated_at, i.start_local, i.recurrence, i.exdates, i.rdates, i.version as item_version,
       i.course_id, p.within_limit, p.used, p.resets_at, t.created_at as item_made_at,
       task_is_locked(s.user_id, t.created_at, t.id, %(limit)s) as locked
  from shown_occurrence as s
  join recurring_item as i on i.kind = s.kind and i.id = s.item_id and i.user_id = s.user_id
   and i.deleted_at is null
  join task_item as t on t.kind = s.kind and t.id = s.item_id and t.user_id = s.user_id
 cross join task_permission(%(user_id)s, %(limit)s, null) as p
 where s.user_id = %(user_id)s and s.kind = %(kind)s and s.item_id = %(id)s
   and s.recurrence_id = %(recurrence_id)s
   and (%(if_match)s::integer is null or s.version = %(if_match)s)

-- name: rewrite_series
select rewrite_series(%(kind)s, %(id)s, %(user_id)s, %(since)s::timestamp, %(new_id)s::uuid,
                      %(head)s::jsonb, %(tail)s::jsonb, %(shift)s::interval) as rewritten,
       told_reminders() as reminder_changes

-- name: get_occurrence
select id, kind, item_id, recurrence_id, starts_at, ends_at, timezone, status, title, location,
       start_local, duration_minutes, version, created_at, updated_at
  from shown_occurrence
 where user_id = %(user_id)s and kind = %(kind)s and item_id = %(id)s
   and recurrence_id = %(recurrence_id)s

-- name: extend_series
select extend_series(%(limit)s) as series, told_reminders() as reminder_changes
