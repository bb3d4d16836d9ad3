-- name: create_template
insert into template as t (id, user_id, name, description, kind, data, category, tags, visibility)
values (%(id)s, %(user_id)s, %(name)s, %(description)s, %(kind)s, %(data)s::jsonb, %(category)s,
        %(tags)s, %(visibility)s)
returning id, user_id as owner_id, name, description, kind, data, category, tags, visibility,
          'owner' as role, usage_count, last_used_at, null::double precision as rating,
          rating_count, version, created_at, updated_at, deleted_at,
          null::timestamptz as purge_at

-- name: get_template
select t.id, t.user_id as owner_id, t.name, t.description, t.kind, t.data, t.category, t.tags,
       t.visibility, template_role(t.id, t.user_id, t.visibility) as role, t.usage_count,
       t.last_used_at, case when t.rating_count > 0 then t.rating end as rating, t.rating_count,
       t.version, t.created_at, t.updated_at, t.deleted_at, null::timestamptz as purge_at
  from template as t
 where t.id = %(id)s and t.deleted_at is null
   and template_role(t.id, t.user_id, t.visibility) is not null

-- name: list_own_templates
-- sort -created_at: t.created_at
-- sort name: t.name
-- sort usage_count: t.usage_count
-- sort rating: t.rating
-- filter category: t.category = any(%(category)s)
-- filter kind: t.kind = any(%(kind)s)
-- filter tags: t.tags && %(tags)s
-- filter q: t.search @@ websearch_to_tsquery('simple', %(q)s)
select t.id, t.user_id as owner_id, t.name, t.description, t.kind, t.data, t.category, t.tags,
       t.visibility, 'owner' as role, t.usage_count, t.last_used_at,
       case when t.rating_count > 0 then t.rating end as rating, t.rating_count,
       t.version, t.created_at, t.updated_at, t.deleted_at, null::timestamptz as purge_at
  from template as t
 where t.user_id = %(user_id)s and t.deleted_at is null

-- name: list_shared_templates
-- sort -created_at: t.created_at
-- sort name: t.name
-- sort usage_count: t.usage_count
-- sort rating: t.rating
-- filter category: t.category = any(%(category)s)
-- filter kind: t.kind = any(%(kind)s)
-- filter tags: t.tags && %(tags)s
-- filter q: t.search @@ websearch_to_tsquery('simple', %(q)s)
select t.id, t.user_id as owner_id, t.name, t.description, t.kind, t.data, t.category, t.tags,
       t.visibility, template_role(t.id, t.user_id, t.visibility) as role, t.usage_count,
       t.last_used_at, case when t.rating_count > 0 then t.rating end as rating, t.rating_count,
       t.version, t.created_at, t.updated_at, t.deleted_at, null::timestamptz as purge_at
  from template as t
 where t.id = any((select shared_template_ids('view'))::uuid[]) and t.deleted_at is null

-- name: list_public_templates
-- sort -created_at: t.created_at
-- sort name: t.name
-- sort usage_count: t.usage_count
-- sort rating: t.rating
-- filter category: t.category = any(%(category)s)
-- filter kind: t.kind = any(%(kind)s)
-- filter tags: t.tags && %(tags)s
-- filter q: t.search @@ websearch_to_tsquery('simple', %(q)s)
select t.id, t.user_id as owner_id, t.name, t.description, t.kind, t.data, t.category, t.tags,
       t.visibility, template_role(t.id, t.user_id, t.visibility) as role, t.usage_count,
       t.last_used_at, case when t.rating_count > 0 then t.rating end as rating, t.rating_count,
       t.version, t.created_at, t.updated_at, t.deleted_at, null::timestamptz as purge_at
  from template as t
 where t.visibility = 'public' and t.deleted_at is null

-- Each of the three in the order of its own index, merged.
-- name: list_all_templates
-- sort -created_at: t.created_at
-- sort name: t.name
-- sort usage_count: t.usage_count
-- sort rating: t.rating
-- filter category: t.category = any(%(category)s)
-- filter kind: t.kind = any(%(kind)s)
-- filter tags: t.tags && %(tags)s
-- filter q: t.search @@ websearch_to_tsquery('simple', %(q)s)
select t.id, t.user_id as owner_id, t.name, t.description, t.kind, t.data, t.category, t.tags,
       t.visibility, template_role(t.id, t.user_id, t.visibility) as role, t.usage_count,
       t.last_used_at, case when t.rating_count > 0 then t.rating end as rating, t.rating_count,
       t.version, t.created_at, t.updated_at, t.deleted_at, null::timestamptz as purge_at
  from (select * from template where user_id = %(user_id)s and deleted_at is null
         union all
        select * from template
         where visibility = 'public' and deleted_at is null and user_id <> %(user_id)s
         union all
        select * from template
         where id = any((select shared_template_ids('view'))::uuid[]) and deleted_at is null
           and visibility <> 'public') as t
 where true

-- name: list_deleted_templates
-- sort -deleted_at: deleted_at
select id, name, kind, deletion_id, version, created_at, updated_at, deleted_at,
       deleted_at + make_interval(hours => %(trash_hours)s) as purge_at
  from template
 where user_id = %(user_id)s and deleted_at is not null

-- Refused without a row of the template: `seen_role` says whether the caller may change it.
-- name: update_template
with target as (
    select t.id, template_role(t.id, t.user_id, t.visibility) as role
      from template as t
     where t.id = %(id)s and t.deleted_at is null
       and template_role(t.id, t.user_id, t.visibility) is not null
       and (%(if_match)s::integer is null or t.version = %(if_match)s)
), item as (
    update template as t
       set (name, description, data, category, tags, visibility, version, updated_at)
         = (select p.name, p.description, p.data, p.category, p.tags, p.visibility,
                   t.version + (%(changes)s::jsonb <> '{}')::integer,
                   case when %(changes)s::jsonb <> '{}' then now() else t.updated_at end
              from jsonb_populate_record(t, %(changes)s::jsonb) as p)
      from target as g
     where t.id = g.id and t.deleted_at is null
       and (%(if_match)s::integer is null or t.version = %(if_match)s)
       and (g.role = 'owner' or g.role = 'edit' and not %(changes)s::jsonb ? 'visibility')
    returning t.*
)
select t.id, t.user_id as owner_id, t.name, t.description, t.kind, t.data, t.category, t.tags,
       t.visibility, g.role, t.usage_count, t.last_used_at,
       case when t.rating_count > 0 then t.rating end as rating, t.rating_count,
       t.version, t.created_at, t.updated_at, t.deleted_at, null::timestamptz as purge_at
  from target as g left join item as t on true

-- Without a version it was not the caller's to delete; `seen` says whether they could read it.
-- name: delete_template
select delete_part('template', %(id)s, %(user_id)s, %(deletion_id)s, %(if_match)s) as version,
       exists (select from template as t
                where t.id = %(id)s and t.deleted_at is null and t.user_id <> %(user_id)s) as seen

-- name: restore_template
select deletion_id, version from restore_part('template', %(id)s, %(user_id)s, %(if_match)s)

-- name: purge_template
select version, purged from purge_part('template', %(id)s, %(user_id)s, %(if_match)s)

-- name: list_template_shares
-- sort created_at: created_at
select id, template_id, user_id, permission, version, created_at, updated_at
  from template_share
 where template_id = %(template_id)s and deleted_at is null
   and (owner_id = %(user_id)s or user_id = %(user_id)s)
   and (select require_part('template', %(template_id)s))

-- Refused without a row of the share: `role` and `person_open` say why. With somebody whom it is
-- shared with already it is for what is said now.
-- name: share_template
with target as (
    select t.id, t.user_id, template_role(t.id, t.user_id, t.visibility) as role,
           t.user_id <> %(person_id)s and person_is_active(%(person_id)s) as person_open
      from template as t
     where t.id = %(template_id)s and t.deleted_at is null
), made as (
    insert into template_share as s (id, template_id, owner_id, user_id, permission)
    select %(id)s, id, user_id, %(person_id)s, %(permission)s
      from target
     where role = 'owner' and person_open
    on conflict (template_id, user_id) do update
       set permission = excluded.permission, version = s.version + 1, updated_at = now()
    returning s.*
)
select m.id, m.template_id, m.user_id, m.permission, m.version, m.created_at, m.updated_at,
       t.role, t.person_open
  from target as t left join made as m on true

-- name: unshare_template
delete from template_share
 where id = %(id)s and template_id = %(template_id)s and deleted_at is null
   and (owner_id = %(user_id)s or user_id = %(user_id)s)
   and (%(if_match)s::integer is null or version = %(if_match)s)
returning owner_id, version + 1 as version

-- Refused without a row of the rating: it is the caller's own template.
-- name: rate_template
with target as (
    select t.id, t.user_id
      from template as t
     where t.id = %(template_id)s and t.deleted_at is null
), made as (
    insert into template_rating as r (id, template_id, owner_id, user_id, rating)
    select %(id)s, id, user_id, %(user_id)s, %(rating)s
      from target
     where user_id <> %(user_id)s
    on conflict (template_id, user_id) do update
       set rating = excluded.rating, version = r.version + 1, updated_at = now()
    returning r.*
)
select m.id, m.template_id, m.rating, m.version, m.created_at, m.updated_at
  from target as t left join made as m on true

-- name: count_template_use
update template
   set usage_count = usage_count + 1,
       last_used_at = greatest(last_used_at, %(used_at)s::timestamptz)
 where id = %(template_id)s

-- name: follow_template_ratings
select follow_template_ratings(%(template_id)s)
