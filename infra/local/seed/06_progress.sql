-- What the routes and subscribers would have written beside the items.
-- name: demo_allowance
insert into task_creation (item_id, user_id, created_at)
select i.id, i.user_id, i.created_at
  from app_user as u join task_item as i on i.user_id = u.id
 where u.email = %(student)s

-- The streak that follows from what was done: runs of days without a gap, in local time.
-- name: demo_streak
insert into streak (user_id, current_days, longest_days, last_activity_on)
select user_id,
       coalesce(max(days) filter (where last_on >= %(today)s::date - 1), 0), max(days), max(last_on)
  from (select user_id, count(*)::integer as days, max(done_on) as last_on
          from (select user_id, done_on,
                       done_on - (row_number() over (order by done_on))::integer as run
                  from (select a.user_id, (a.completed_at at time zone 'Europe/Berlin')::date
                               as done_on
                          from assignment as a
                         where a.completed_at is not null
                        union
                        select s.user_id, (s.ended_at at time zone 'Europe/Berlin')::date
                          from study_session as s
                         where s.ended_at is not null) as activity
                  join app_user as u on u.id = activity.user_id
                 where u.email = %(student)s) as day
         group by user_id, run) as runs
 group by user_id
    on conflict (user_id) do update
       set current_days = excluded.current_days, longest_days = excluded.longest_days,
           last_activity_on = excluded.last_activity_on
