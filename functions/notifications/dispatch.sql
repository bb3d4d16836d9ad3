-- Every decision about one person waits here for the one before it.
-- name: lock_preferences
select p.master, p.dnd_until, p.channels, p.categories, p.workflows, p.quiet_hours,
       coalesce(p.timezone, u.timezone) as timezone, p.max_per_day, p.cooldown_minutes, p.weekends
  from notification_preferences_of(%(user_id)s, true) as p
  join app_user as u on u.id = p.user_id
 where u.account_status in ('active', 'pending_deletion')

-- A statement of its own, after the lock: it sees what those before it have committed.
-- name: told_lately
select exists (select
                 from notification as n
                 join delivery as d on d.user_id = n.user_id and d.notification_id = n.id
                where n.user_id = %(user_id)s and n.dedupe_key = %(dedupe_key)s
                  and n.created_at > now() - interval '1 hour' and d.status <> 'suppressed')
           as repeated,
       exists (select from suppression
                where user_id = %(user_id)s and channel = 'email'
                  and category in ('all', %(category)s)) as unsubscribed,
       coalesce(array_agg(m.due_at), '{}') as mailed_at,
       max(m.due_at) filter (where n.category = %(category)s) as category_mailed_at
  from delivery as m
  join notification as n on n.user_id = m.user_id and n.id = m.notification_id
 where m.user_id = %(user_id)s and m.channel = 'email' and m.status <> 'suppressed'
   and m.due_at > now() - interval '26 hours'

-- name: add_notification
with told as (
    insert into notification (id, user_id, workflow, category, severity, title, body, action_url,
                              dedupe_key, cause_id, correlation_id, visible)
    values (%(id)s, %(user_id)s, %(workflow)s, %(category)s, %(severity)s, %(title)s, %(body)s,
            %(action_url)s, %(dedupe_key)s, %(cause_id)s, %(correlation_id)s, %(visible)s)
    on conflict (user_id, cause_id, workflow) do nothing
    returning id, user_id, cause_id
)
insert into delivery (id, user_id, notification_id, channel, status, reason, due_at, recheck,
                      idempotency_key, sent_at)
select d.id, t.user_id, t.id, d.channel, d.status, d.reason, d.due_at, d.recheck, t.cause_id,
       case when d.status = 'sent' then now() end
  from told as t
 cross join jsonb_to_recordset(%(deliveries)s::jsonb) as d (
       id uuid, channel text, status text, reason text, due_at timestamptz, recheck boolean)
