-- What every request begins with does less.

-- The clock is read once, where it was read for each key three times, and the plan is kept.
create or replace function count_requests(keys text[], costs integer[])
returns table (key text, used integer, violations real)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_now    double precision := extract(epoch from clock_timestamp());
    v_minute bigint := floor(v_now / 60);
    v_rest   double precision := 1 - v_now / 60 + v_minute;
begin
    return query
    insert into rate_limit as r (key, minute, current)
    select t.key, v_minute, max(t.cost)
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
    returning r.key, (r.current + ceil(r.previous * v_rest))::integer,
              (r.violations * greatest(0, 1 - (v_now - extract(epoch from r.violated_at)::float8)
                                              / 86400))::real;
end
$$;

-- One look for the person and the account, where there were two.
create or replace function admit(p_issuer text, p_subject text, p_key_hash bytea)
returns table (user_id uuid, role text, account_status text, suspended_until timestamptz,
               tier text, timezone text, api_key_id uuid, scopes text[],
               organization_ids uuid[], generation bigint)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    if p_key_hash is not null then
        select k.user_id, k.id, k.scopes into user_id, api_key_id, scopes
          from api_key as k
         where k.key_hash = p_key_hash and k.revoked_at is null and k.expires_at > now();
        select u.role, u.account_status, u.suspended_until,
               case when u.subscription_tier = 'premium'
                     and coalesce(u.subscription_expires_at > now(), true)
                    then 'premium' else 'free' end,
               u.timezone, g.generation
          into role, account_status, suspended_until, tier, timezone, generation
          from app_user as u cross join cache_generation as g
         where u.id = admit.user_id;
    else
        select u.id, u.role, u.account_status, u.suspended_until,
               case when u.subscription_tier = 'premium'
                     and coalesce(u.subscription_expires_at > now(), true)
                    then 'premium' else 'free' end,
               u.timezone, g.generation
          into user_id, role, account_status, suspended_until, tier, timezone, generation
          from identity as i join app_user as u on u.id = i.user_id cross join cache_generation as g
         where i.issuer = p_issuer and i.subject = p_subject;
    end if;
    if user_id is not null then
        perform set_config('app.user_id', user_id::text, true);
        organization_ids := set_belongings(user_id);
        return next;
    end if;
end
$$;

-- Where there is no row of the key, there is none to delete.
create or replace function stored_answer(p_key text)
returns table (request_hash bytea, status smallint, headers jsonb, body bytea)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_user_id uuid := nullif(current_setting('app.user_id', true), '')::uuid;
    v_found   idempotency_key;
begin
    if v_user_id is null then
        return;
    end if;
    perform pg_advisory_xact_lock(
        hashtextextended(p_key, hashtextextended('idempotency ' || v_user_id, 0)));
    select * into v_found
      from idempotency_key as k where k.user_id = v_user_id and k.key = p_key;
    if not found then
        return;
    end if;
    if v_found.status is not null and v_found.expires_at > now() then
        return query select v_found.request_hash, v_found.status, v_found.headers, v_found.body;
    else
        delete from idempotency_key as k where k.user_id = v_user_id and k.key = p_key;
    end if;
end
$$;
