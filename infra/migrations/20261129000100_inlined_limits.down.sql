create or replace function task_permission(p_user uuid, p_limit integer, p_course uuid)
returns table (within_limit boolean, course_open boolean, used integer, resets_at timestamptz)
language plpgsql stable security invoker set search_path = public, pg_temp as $$
begin
    return query
    select coalesce(a.used < p_limit, true), p_course is null or course_is_open(p_course),
           a.used, a.resets_at
      from task_allowance(p_user) as a;
end
$$;

create or replace function task_lock_line(p_user uuid, p_limit integer)
returns table (created_at timestamptz, item_id uuid)
language sql stable security invoker set search_path = public, pg_temp as $$
    select c.created_at, c.item_id
      from task_creation as c
     where c.user_id = p_user and c.created_at > now() - interval '30 days'
       and p_limit is not null
     order by c.created_at desc, c.item_id desc
     limit 1 offset greatest(p_limit, 1) - 1
$$;
