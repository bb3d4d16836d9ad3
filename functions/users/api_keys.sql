-- name: list_api_keys
-- sort created_at: created_at
select id, name, prefix, scopes, expires_at, version, created_at, updated_at
  from api_key
 where user_id = %(user_id)s and revoked_at is null

-- name: get_api_key
select id, name, prefix, scopes, expires_at, version, created_at, updated_at
  from api_key
 where id = %(id)s and user_id = %(user_id)s and revoked_at is null

-- No row when there are %(limit)s live keys already (the route holds a lock). A key that makes
-- another (%(maker)s) gives it no more time than it has.
-- name: create_api_key
insert into api_key (id, user_id, name, prefix, key_hash, signing_secret, scopes, expires_at)
select %(id)s, %(user_id)s, %(name)s, %(prefix)s, %(key_hash)s, %(signing_secret)s, %(scopes)s,
       least(now() + make_interval(days => %(expires_in_days)s),
             (select expires_at from api_key where id = %(maker)s and user_id = %(user_id)s))
 where (select count(*) from api_key
         where user_id = %(user_id)s and revoked_at is null and expires_at > now()) < %(limit)s
returning id, name, prefix, scopes, expires_at, version, created_at, updated_at

-- name: update_api_key
update api_key
   set name = coalesce(%(name)s, name), scopes = coalesce(%(scopes)s::text[], scopes),
       version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and revoked_at is null
   and (%(if_match)s::integer is null or version = %(if_match)s)
   and (%(held)s::text[] is null or scopes <@ %(held)s::text[])
returning id, name, prefix, scopes, expires_at, version, created_at, updated_at

-- name: rotate_api_key
update api_key
   set prefix = %(prefix)s, key_hash = %(key_hash)s, signing_secret = %(signing_secret)s,
       expires_at = greatest(expires_at, now() + interval '90 days'),
       version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and revoked_at is null
   and (%(if_match)s::integer is null or version = %(if_match)s)
   and (%(held)s::text[] is null or scopes <@ %(held)s::text[])
returning id, name, prefix, scopes, expires_at, version, created_at, updated_at

-- name: revoke_api_key
update api_key
   set revoked_at = now(), version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and revoked_at is null
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning version
