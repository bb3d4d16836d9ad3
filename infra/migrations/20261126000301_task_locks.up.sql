-- What is beyond the plan's limit after a downgrade: see docs/decisions/0021-reminders-and-locks.md.

-- The oldest of the newest p_limit items that the 30-day window holds: those made in the window
-- before it are locked. No row while the window holds fewer, or without a limit.
create function task_lock_line(p_user uuid, p_limit integer)
returns table (created_at timestamptz, item_id uuid)
language sql stable security invoker set search_path = public, pg_temp as $$
    select c.created_at, c.item_id
      from task_creation as c
     where c.user_id = p_user and c.created_at > now() - interval '30 days'
       and p_limit is not null
     order by c.created_at desc, c.item_id desc
     limit 1 offset greatest(p_limit, 1) - 1
$$;

-- Whether an item, made at that time, is locked: it can be read and deleted, nothing else.
create function task_is_locked(p_user uuid, p_created_at timestamptz, p_id uuid, p_limit integer)
returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce(p_created_at > now() - interval '30 days'
                    and (p_created_at, p_id) < (select l.created_at, l.item_id
                                                  from task_lock_line(p_user, p_limit) as l),
                    false)
$$;

grant execute on function task_lock_line, task_is_locked to campus_app, campus_system;
