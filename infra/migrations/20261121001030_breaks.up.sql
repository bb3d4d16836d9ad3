-- Plans the series that skip breaks anew, after a change of a term. Returns how many.
create function plan_around_breaks(p_user uuid) returns integer
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_id    uuid;
    v_count integer := 0;
begin
    for v_id in
        select id from lecture
         where user_id = p_user and deleted_at is null and skips_breaks
           and (recurrence is not null or rdates <> '{}')
         order by id for update
    loop
        perform plan_item('lecture', v_id, p_user);
        v_count := v_count + 1;
    end loop;
    return v_count;
end
$$;
grant execute on function plan_around_breaks to campus_app, campus_system;
