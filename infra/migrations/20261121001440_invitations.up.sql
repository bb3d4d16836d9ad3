-- Invitations to organizations: by mail to one address, by a link, or by a code to type.

-- `owner_id` is the organization's founder, `user_id` whoever invites. Of the token there is a
-- SHA-256. `mail` is what has become of the mail, if it is by mail; until it is out the token is
-- kept, sealed by a key that the database does not know.
create table invitation (
    id                uuid primary key,
    organization_id   uuid        not null,
    owner_id          uuid        not null references app_user,
    user_id           uuid        not null references app_user,
    kind              text        not null check (kind in ('email', 'link', 'code')),
    email             text        check (length(email) between 3 and 320),
    role              text        not null check (role in ('admin', 'instructor', 'student')),
    token_hash        bytea       not null check (length(token_hash) = 32),
    expires_at        timestamptz not null,
    max_uses          integer     not null default 1 check (max_uses between 1 and 10000),
    uses              integer     not null default 0,
    mail              text        not null default 'none'
                                  check (mail in ('none', 'waiting', 'sent', 'failed')),
    sealed_token      bytea,
    mail_attempts     smallint    not null default 0,
    mail_claimed_until timestamptz,
    version           integer     not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    deleted_at        timestamptz,
    deleted_by        uuid,
    deletion_id       uuid,
    check (uses <= max_uses),
    check ((kind = 'email') = (email is not null)),
    foreign key (owner_id, organization_id) references organization (user_id, id)
);
create unique index invitation_token on invitation (token_hash);
create index invitation_created on invitation (organization_id, created_at, id)
    where deleted_at is null;
create index invitation_owner on invitation (owner_id, organization_id);
create index invitation_deletion on invitation (deletion_id) where deletion_id is not null;
create index invitation_purge on invitation (deleted_at) where deleted_at is not null;
create index invitation_mail on invitation (created_at, id) where mail = 'waiting';
call bound_times('invitation');

insert into deletable (table_name, owner) values ('invitation', 'owner_id');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('invitation', 'organization_id', 'organization', 'cascade');
insert into retention_policy (name, table_name, tier, hours) values
    ('trash', 'invitation', 'free', 48), ('trash', 'invitation', 'premium', 120);
create view active_invitation with (security_invoker) as
    select * from invitation where deleted_at is null;
create view deleted_invitation with (security_invoker) as
    select * from invitation where deleted_at is not null;

call protect('invitation');
call protect_as('invitation', 'manage', 'all', 'organization_id = @managed',
                'organization_id = @managed');

-- Makes the caller a member by a token. The outcome is `done`, `missing` (no such token, or a mail
-- to another address), `gone` (expired, used up, revoked, or the organization is deleted),
-- `there` (a member already) or `limit` (a member of p_limit organizations). The row's lock makes
-- the count of uses exact.
create function accept_invitation(p_hash bytea, p_membership uuid, p_limit integer)
returns table (outcome text, invitation_id uuid, organization_id uuid, member_role text,
               uses integer, owner_id uuid)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_me    uuid := nullif(current_setting('app.user_id', true), '')::uuid;
    v_found invitation;
begin
    select * into v_found from invitation as i where i.token_hash = p_hash for update;
    outcome := case
        when v_found.id is null or v_me is null
             or v_found.kind = 'email' and not exists (
                 select from app_user as u
                  where u.id = v_me and lower(u.email) = lower(v_found.email)) then 'missing'
        when v_found.deleted_at is not null or v_found.expires_at <= now()
             or v_found.uses >= v_found.max_uses then 'gone'
        when exists (select from membership as m
                      where m.user_id = v_me and m.organization_id = v_found.organization_id
                        and m.deleted_at is null) then 'there'
        when (select count(*) from membership as m
               where m.user_id = v_me and m.deleted_at is null) >= p_limit then 'limit'
        else 'done' end;
    if outcome = 'done' then
        insert into membership (id, organization_id, owner_id, user_id, role)
        values (p_membership, v_found.organization_id, v_found.owner_id, v_me, v_found.role);
        update invitation as i
           set uses = i.uses + 1, version = i.version + 1, updated_at = now()
         where i.id = v_found.id;
        perform set_belongings(v_me);
    end if;
    return query select outcome, v_found.id, v_found.organization_id, v_found.role,
                        v_found.uses + 1, v_found.user_id;
end
$$;
call run_as_definer('accept_invitation(bytea, uuid, integer)', 'campus_app');

-- For notifications: leases mails of invitations that still invite for five minutes.
create function claim_invitation_mails(p_limit integer)
returns table (id uuid, email text, role text, organization text, inviter text,
               expires_at timestamptz, sealed_token bytea)
language sql volatile security invoker set search_path = public, pg_temp as $$
    with due as (
        select i.id from invitation as i
         where i.mail = 'waiting' and i.deleted_at is null and i.expires_at > now()
           and coalesce(i.mail_claimed_until < now(), true)
         order by i.created_at, i.id
         limit p_limit
           for update skip locked
    ), claimed as (
        update invitation as i
           set mail_claimed_until = now() + interval '5 minutes',
               mail_attempts = i.mail_attempts + 1
          from due
         where i.id = due.id
        returning i.*
    )
    select c.id, c.email, c.role, o.name,
           coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), ''), c.expires_at, c.sealed_token
      from claimed as c
      join organization as o on o.id = c.organization_id and o.deleted_at is null
      join app_user as u on u.id = c.user_id
$$;

-- For notifications: what became of a claimed mail. Not sent and tried five times is failed.
create function settle_invitation_mail(p_id uuid, p_outcome text) returns void
language sql volatile security invoker set search_path = public, pg_temp as $$
    update invitation
       set mail = case when p_outcome = 'waiting' and mail_attempts >= 5 then 'failed'
                       else p_outcome end,
           sealed_token = case when p_outcome = 'waiting' and mail_attempts < 5
                               then sealed_token end,
           mail_claimed_until = null
     where id = p_id and mail = 'waiting' and deleted_at is null
$$;
grant execute on function claim_invitation_mails, settle_invitation_mail to campus_system;
