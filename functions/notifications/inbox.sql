-- name: list_notifications
-- sort -created_at: created_at
-- filter category: category = any(%(category)s)
-- filter workflow: workflow = any(%(workflow)s)
-- filter unread: (read_at is null) = %(unread)s
-- filter archived: (archived_at is not null) = %(archived)s
-- filter snoozed: coalesce(snoozed_until > now(), false) = %(snoozed)s
select id, workflow, category, title, body, action_url, severity, read_at, archived_at,
       snoozed_until, version, created_at, updated_at
  from notification
 where user_id = %(user_id)s and visible

-- name: count_unread
select count(*) as total,
       count(*) filter (where category = 'reminder') as reminder,
       count(*) filter (where category = 'digest') as digest,
       count(*) filter (where category = 'course') as course,
       count(*) filter (where category = 'booking') as booking,
       count(*) filter (where category = 'billing') as billing,
       count(*) filter (where category = 'security') as security,
       count(*) filter (where category = 'marketing') as marketing
  from notification
 where user_id = %(user_id)s and visible and read_at is null and archived_at is null
   and (snoozed_until is null or snoozed_until <= now())

-- What is so already stays as it is, version included: reading twice is no new fact.
-- name: update_notification
with before as (
    select n.id, n.read_at,
           case when %(changes)s::jsonb ? 'read'
                then case when (%(changes)s::jsonb ->> 'read')::boolean
                          then coalesce(n.read_at, now()) end
                else n.read_at end as read_then,
           case when %(changes)s::jsonb ? 'archived'
                then case when (%(changes)s::jsonb ->> 'archived')::boolean
                          then coalesce(n.archived_at, now()) end
                else n.archived_at end as archived_then,
           case when %(changes)s::jsonb ? 'snoozed_until'
                then (%(changes)s::jsonb ->> 'snoozed_until')::timestamptz
                else n.snoozed_until end as snoozed_then
      from notification as n
     where n.id = %(id)s and n.user_id = %(user_id)s and n.visible
       and (%(if_match)s::integer is null or n.version = %(if_match)s)
       for update
), changed as (
    update notification as n
       set read_at = b.read_then, archived_at = b.archived_then, snoozed_until = b.snoozed_then,
           version = n.version + 1, updated_at = now()
      from before as b
     where n.id = b.id and n.user_id = %(user_id)s
       and (n.read_at, n.archived_at, n.snoozed_until)
           is distinct from (b.read_then, b.archived_then, b.snoozed_then)
    returning n.*
), now_is as (
    select * from changed
    union all
    select n.* from notification as n join before as b on b.id = n.id
     where n.user_id = %(user_id)s and not exists (select from changed)
)
select n.id, n.workflow, n.category, n.title, n.body, n.action_url, n.severity, n.read_at,
       n.archived_at, n.snoozed_until, n.version, n.created_at, n.updated_at,
       b.read_at is null and n.read_at is not null as newly_read
  from now_is as n join before as b on b.id = n.id

-- name: read_all
update notification
   set read_at = now(), version = version + 1, updated_at = now()
 where user_id = %(user_id)s and visible and read_at is null and archived_at is null
   and (%(category)s::text is null or category = %(category)s)
