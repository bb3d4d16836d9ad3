-- name: get_preferences
select p.user_id as id, p.master, p.dnd_until, p.channels, p.categories, p.workflows,
       p.quiet_hours, p.timezone, p.max_per_day, p.cooldown_minutes, p.weekends, p.morning_time,
       p.evening_time, unsubscribed_categories(p.user_id) as unsubscribed,
       p.version, p.created_at, p.updated_at
  from notification_preferences_of(%(user_id)s) as p

-- name: update_preferences
select p.user_id as id, p.master, p.dnd_until, p.channels, p.categories, p.workflows,
       p.quiet_hours, p.timezone, p.max_per_day, p.cooldown_minutes, p.weekends, p.morning_time,
       p.evening_time, unsubscribed_categories(p.user_id) as unsubscribed,
       p.version, p.created_at, p.updated_at
  from change_notification_preferences(%(user_id)s, %(changes)s::jsonb, %(if_match)s) as p

-- name: unsubscribe
insert into suppression (user_id, channel, category, reason)
select id, 'email', %(category)s, 'unsubscribed'
  from app_user
 where id = %(user_id)s
on conflict (user_id, channel, category) do nothing
