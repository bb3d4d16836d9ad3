-- Every list and every create asks these two. A body that is parsed when the function is made needs no
-- search_path of its own, and without one the planner takes the body into the statement that asks.
create or replace function task_permission(p_user uuid, p_limit integer, p_course uuid)
returns table (within_limit boolean, course_open boolean, used integer, resets_at timestamptz)
language sql stable security invoker
begin atomic
    select coalesce(count(*) < p_limit, true), p_course is null or course_is_open(p_course),
           count(*)::integer, min(c.created_at) + interval '30 days'
      from task_creation as c
     where c.user_id = p_user and c.created_at > now() - interval '30 days';
end;

create or replace function task_lock_line(p_user uuid, p_limit integer)
returns table (created_at timestamptz, item_id uuid)
language sql stable security invoker
begin atomic
    select c.created_at, c.item_id
      from task_creation as c
     where c.user_id = p_user and c.created_at > now() - interval '30 days'
       and p_limit is not null
     order by c.created_at desc, c.item_id desc
     limit 1 offset greatest(p_limit, 1) - 1;
end;
