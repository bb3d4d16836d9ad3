-- Students get their standing and no row, for the refusal.
-- name: create_share_link
with standing as (
    select course_role(%(course_id)s) as role
), item as (
    insert into share_link (id, course_id, user_id, token_hash, permission, password_hash,
                            expires_at, max_views)
    select %(id)s, c.id, c.user_id, %(token_hash)s, %(permission)s, %(password_hash)s,
           %(expires_at)s, %(max_views)s
      from course as c
     where c.id = %(course_id)s and c.deleted_at is null
       and (select teaches_course(%(course_id)s))
    returning *
)
select i.id, i.course_id, i.permission, i.password_hash is not null as has_password,
       i.expires_at, i.max_views, i.views, i.version, i.created_at, i.updated_at,
       i.user_id as owner_id, s.role
  from standing as s left join item as i on true

-- name: list_share_links
-- sort -created_at: s.created_at
select s.id, s.course_id, s.permission, s.password_hash is not null as has_password, s.expires_at,
       s.max_views, s.views, s.version, s.created_at, s.updated_at
  from share_link as s
 where s.course_id = %(course_id)s and s.deleted_at is null
   and (select teaches_course(%(course_id)s))

-- name: get_share_link
select s.id, s.course_id, s.permission, s.password_hash is not null as has_password, s.expires_at,
       s.max_views, s.views, s.version, s.created_at, s.updated_at
  from share_link as s
 where s.id = %(id)s and s.course_id = %(course_id)s and s.deleted_at is null
   and (select teaches_course(%(course_id)s))

-- A limit of views below what was viewed is lifted to that: the link is used up.
-- name: update_share_link
with standing as (
    select course_role(%(course_id)s) as role
), item as (
    update share_link as s
       set permission = coalesce(%(changes)s::jsonb ->> 'permission', s.permission),
           expires_at = case when %(changes)s::jsonb ? 'expires_at'
                             then (%(changes)s::jsonb ->> 'expires_at')::timestamptz
                             else s.expires_at end,
           max_views = case when not %(changes)s::jsonb ? 'max_views' then s.max_views
                            when %(changes)s::jsonb ->> 'max_views' is not null
                            then greatest((%(changes)s::jsonb ->> 'max_views')::integer, s.views)
                            end,
           password_hash = case when %(changes)s::jsonb ? 'password'
                                then %(password_hash)s::bytea else s.password_hash end,
           version = s.version + 1, updated_at = now()
     where s.id = %(id)s and s.course_id = %(course_id)s and s.deleted_at is null
       and (%(if_match)s::integer is null or s.version = %(if_match)s)
       and (select teaches_course(%(course_id)s))
    returning s.*
)
select i.id, i.course_id, i.permission, i.password_hash is not null as has_password,
       i.expires_at, i.max_views, i.views, i.version, i.created_at, i.updated_at,
       i.user_id as owner_id, s.role
  from standing as s left join item as i on true

-- name: revoke_share_link
with standing as (
    select course_role(%(course_id)s) as role
), item as (
    update share_link as s
       set deleted_at = now(), deleted_by = s.user_id, deletion_id = %(deletion_id)s,
           version = s.version + 1, updated_at = now()
     where s.id = %(id)s and s.course_id = %(course_id)s and s.deleted_at is null
       and (%(if_match)s::integer is null or s.version = %(if_match)s)
       and (select teaches_course(%(course_id)s))
    returning s.id, s.user_id, s.version
)
select i.id, i.user_id as owner_id, i.version, s.role
  from standing as s left join item as i on true

-- name: share_link_lock
select id, open, permission, password_hash, locked_until from share_link_lock(%(token_hash)s)

-- name: share_link_failed
select share_link_failed(%(token_hash)s)

-- name: open_share_link
select id, course_id, owner_id, views from open_share_link(%(token_hash)s)

-- The link has shown the course to this transaction.
-- name: shared_course
select c.title, c.code, c.description, c.color, c.language, c.exam_on, c.tags,
       %(permission)s::text as permission
  from course as c
 where c.id = %(course_id)s and c.deleted_at is null
   and c.id = any((select caller_ids('course_ids'))::uuid[])
