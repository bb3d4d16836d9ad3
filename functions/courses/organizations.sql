-- No row: the limit of organizations that one person owns is reached.
-- name: create_organization
select o.id, o.name, o.slug, o.settings, o.plan, 'owner' as role,
       '{"members": 1, "courses": 0}'::jsonb as counts,
       o.version, o.created_at, o.updated_at, o.deleted_at, null::timestamptz as purge_at
  from found_organization(%(id)s, %(membership_id)s, %(user_id)s, %(name)s, %(slug)s,
                          %(settings)s::jsonb, %(limit)s) as o

-- name: get_organization
select o.id, o.name, o.slug, o.settings, o.plan, m.role,
       jsonb_build_object(
           'members', (select count(*) from membership
                        where organization_id = o.id and deleted_at is null),
           'courses', (select count(*) from course
                        where organization_id = o.id and deleted_at is null)) as counts,
       o.version, o.created_at, o.updated_at, o.deleted_at, null::timestamptz as purge_at
  from organization as o
       join membership as m on m.organization_id = o.id and m.user_id = %(user_id)s
        and m.deleted_at is null
 where o.id = %(id)s and o.deleted_at is null

-- name: list_organizations
-- sort -created_at: o.created_at
-- sort name: o.name
-- filter role: m.role = any(%(role)s)
select o.id, o.name, o.slug, o.settings, o.plan, m.role,
       jsonb_build_object(
           'members', (select count(*) from membership
                        where organization_id = o.id and deleted_at is null),
           'courses', (select count(*) from course
                        where organization_id = o.id and deleted_at is null)) as counts,
       o.version, o.created_at, o.updated_at, o.deleted_at, null::timestamptz as purge_at
  from organization as o
       join (select organization_id, role from membership
              where user_id = %(user_id)s and deleted_at is null) as m
         on m.organization_id = o.id
 where o.deleted_at is null

-- A member who does not manage it gets their role back and nothing else, for the refusal.
-- name: update_organization
with standing as (
    select role from membership
     where organization_id = %(id)s and user_id = %(user_id)s and deleted_at is null
), item as (
    update organization as o
       set name = coalesce(%(changes)s::jsonb ->> 'name', o.name),
           slug = coalesce(%(changes)s::jsonb ->> 'slug', o.slug),
           settings = o.settings || coalesce(%(changes)s::jsonb -> 'settings', '{}'),
           version = o.version + 1, updated_at = now()
     where o.id = %(id)s and o.deleted_at is null
       and (%(if_match)s::integer is null or o.version = %(if_match)s)
       and exists (select from standing where role in ('owner', 'admin'))
    returning o.*
)
select o.id, o.name, o.slug, o.settings, o.plan, s.role,
       jsonb_build_object(
           'members', (select count(*) from membership
                        where organization_id = o.id and deleted_at is null),
           'courses', (select count(*) from course
                        where organization_id = o.id and deleted_at is null)) as counts,
       o.version, o.created_at, o.updated_at, o.deleted_at, null::timestamptz as purge_at
  from standing as s left join item as o on true

-- name: delete_organization
select outcome, version, courses
  from delete_organization(%(id)s, %(deletion_id)s, %(if_match)s, %(limit)s)

-- Row security shows what the caller owned when it was deleted.
-- name: list_deleted_organizations
-- sort -deleted_at: o.deleted_at
select o.id, o.name, o.slug, o.deletion_id, o.version, o.created_at, o.updated_at, o.deleted_at,
       o.deleted_at + make_interval(hours => %(trash_hours)s) as purge_at
  from organization as o
       join (select organization_id, deletion_id from membership
              where user_id = %(user_id)s and role = 'owner' and deleted_at is not null) as m
         on m.organization_id = o.id and m.deletion_id = o.deletion_id
 where o.deleted_at is not null

-- name: restore_organization
select outcome, version, deletion_id, courses
  from restore_organization(%(id)s, %(slug)s, %(if_match)s)

-- name: purge_organization
select outcome, version from purge_organization(%(id)s, %(if_match)s)
