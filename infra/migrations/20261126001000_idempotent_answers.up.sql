-- An idempotency key is a lock while its first request runs, and a row when that has its answer: one
-- insert where there was an insert and an update. Twins wait for the lock, then see the row.
-- A twin that reaches a function of the release before, which claims by a row, makes the second
-- insert of the two fail as ALREADY_EXISTS: nothing is done twice, and asking again replays.
create function stored_answer(p_key text)
returns table (request_hash bytea, status smallint, headers jsonb, body bytea)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_user_id uuid := nullif(current_setting('app.user_id', true), '')::uuid;
begin
    if v_user_id is null then
        return;
    end if;
    perform pg_advisory_xact_lock(
        hashtextextended(p_key, hashtextextended('idempotency ' || v_user_id, 0)));
    return query select k.request_hash, k.status, k.headers, k.body
                   from idempotency_key as k
                  where k.user_id = v_user_id and k.key = p_key and k.status is not null
                    and k.expires_at > now();
    if not found then
        delete from idempotency_key as k where k.user_id = v_user_id and k.key = p_key;
    end if;
end
$$;
grant execute on function stored_answer to campus_app, campus_system, campus_support;
