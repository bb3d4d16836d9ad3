-- name: claim_reminders
select id, user_id, kind, item_id, title, occurs_at, remind_at, relevant
  from claim_due_reminders(%(batch)s)

-- A statement of its own, before all others: they see what those that it waited for have done.
-- name: hold_reminder
select hold_reminder(%(id)s)

-- name: settle_reminder
select settle_reminder(%(id)s, %(status)s)

-- name: told_reminder
select n.id as notification_id, n.workflow, d.status, d.due_at
  from notification as n
  join delivery as d on d.user_id = n.user_id and d.notification_id = n.id
 where n.user_id = %(user_id)s and n.cause_id = %(cause_id)s and d.channel = 'email'

-- name: release_mail
update delivery
   set status = 'pending', recheck = false, version = version + 1, updated_at = now()
 where user_id = %(user_id)s and notification_id = %(notification_id)s and status = 'deferred'

-- name: withdraw_mail
update delivery
   set status = 'suppressed', reason = 'no_longer_relevant', recheck = false,
       version = version + 1, updated_at = now()
 where user_id = %(user_id)s and notification_id = %(notification_id)s and status = 'deferred'
