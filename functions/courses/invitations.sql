-- Who manages nothing here gets their role back and no row, for the refusal. Only owners invite
-- admins.
-- name: create_invitation
with standing as (
    select organization_role(%(organization_id)s) as role
), item as (
    insert into invitation (id, organization_id, owner_id, user_id, kind, email, role, token_hash,
                            expires_at, max_uses, mail, sealed_token)
    select %(id)s, o.id, o.user_id, %(user_id)s, %(kind)s, %(email)s, %(role)s, %(token_hash)s,
           now() + make_interval(days => %(expires_in_days)s), %(max_uses)s,
           case when %(kind)s = 'email' then 'waiting' else 'none' end, %(sealed_token)s
      from organization as o cross join standing as s
     where o.id = %(organization_id)s and o.deleted_at is null
       and (s.role = 'owner' or s.role = 'admin' and %(role)s <> 'admin')
    returning *
)
select i.id, i.organization_id, i.kind, i.email, i.role, i.expires_at, i.max_uses, i.uses, i.mail,
       i.version, i.created_at, i.updated_at, s.role as standing
  from standing as s left join item as i on true

-- name: list_invitations
-- sort -created_at: i.created_at
-- filter kind: i.kind = any(%(kind)s)
select i.id, i.organization_id, i.kind, i.email, i.role, i.expires_at, i.max_uses, i.uses, i.mail,
       i.version, i.created_at, i.updated_at
  from invitation as i
 where i.organization_id = %(organization_id)s and i.deleted_at is null
   and (select organization_role(%(organization_id)s)) in ('owner', 'admin')

-- name: get_invitation
select i.id, i.organization_id, i.kind, i.email, i.role, i.expires_at, i.max_uses, i.uses, i.mail,
       i.version, i.created_at, i.updated_at
  from invitation as i
 where i.id = %(id)s and i.organization_id = %(organization_id)s and i.deleted_at is null
   and (select organization_role(%(organization_id)s)) in ('owner', 'admin')

-- name: revoke_invitation
with standing as (
    select organization_role(%(organization_id)s) as role
), item as (
    update invitation as i
       set deleted_at = now(), deleted_by = i.owner_id, deletion_id = %(deletion_id)s,
           version = i.version + 1, updated_at = now()
     where i.id = %(id)s and i.organization_id = %(organization_id)s and i.deleted_at is null
       and (%(if_match)s::integer is null or i.version = %(if_match)s)
       and (select organization_role(%(organization_id)s)) in ('owner', 'admin')
    returning i.id, i.version
)
select i.id, i.version, s.role from standing as s left join item as i on true

-- name: accept_invitation
select outcome, invitation_id, organization_id, member_role, uses, owner_id
  from accept_invitation(%(token_hash)s, %(membership_id)s, %(limit)s)
