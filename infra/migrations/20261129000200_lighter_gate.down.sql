create or replace function count_requests(keys text[], costs integer[])
returns table (key text, used integer, violations real)
language sql volatile security definer set search_path = public, pg_temp as $$
    insert into rate_limit as r (key, minute, current)
    select t.key, floor(extract(epoch from clock_timestamp()) / 60)::bigint, max(t.cost)
      from unnest(keys, costs) as t (key, cost)
     group by t.key
     order by t.key
    on conflict (key) do update
       set previous = case excluded.minute - r.minute when 0 then r.previous
                                                      when 1 then r.current else 0 end,
           current  = case when excluded.minute = r.minute
                           then least(r.current + excluded.current, 1000000)
                           else excluded.current end,
           minute   = greatest(r.minute, excluded.minute)
    returning r.key,
              (r.current + ceil(r.previous * (1 - mod(extract(epoch from clock_timestamp()), 60) / 60))
              )::integer,
              (r.violations * greatest(0, 1 - extract(epoch from clock_timestamp() - r.violated_at)
                                              / 86400))::real
$$;

create or replace function admit(p_issuer text, p_subject text, p_key_hash bytea)
returns table (user_id uuid, role text, account_status text, suspended_until timestamptz,
               tier text, timezone text, api_key_id uuid, scopes text[],
               organization_ids uuid[], generation bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_user_id uuid;
    v_key_id  uuid;
    v_scopes  text[];
    v_member  uuid[];
begin
    if p_key_hash is not null then
        select k.user_id, k.id, k.scopes into v_user_id, v_key_id, v_scopes
          from api_key k
         where k.key_hash = p_key_hash and k.revoked_at is null and k.expires_at > now();
    else
        select i.user_id into v_user_id
          from identity i
         where i.issuer = p_issuer and i.subject = p_subject;
    end if;
    if v_user_id is null then
        return;
    end if;
    perform set_config('app.user_id', v_user_id::text, true);
    v_member := set_belongings(v_user_id);
    return query
    select u.id, u.role, u.account_status, u.suspended_until,
           case when u.subscription_tier = 'premium'
                 and coalesce(u.subscription_expires_at > now(), true)
                then 'premium' else 'free' end,
           u.timezone, v_key_id, v_scopes, v_member, g.generation
      from app_user u cross join cache_generation g
     where u.id = v_user_id;
end
$$;

create or replace function stored_answer(p_key text)
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
