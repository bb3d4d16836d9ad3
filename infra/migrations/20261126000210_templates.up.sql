-- Templates of items, with whom they are shared and how they are rated:
-- docs/decisions/0020-dependencies-and-templates.md.

-- `data` holds the fields of the item that the template fixes, by the newest names. How often it was
-- used and how it is rated follow from events: they are no changes of its owner's.
create table template (
    id           uuid primary key,
    user_id      uuid        not null references app_user,
    name         text        not null check (length(name) between 1 and 100),
    description  text        not null default '' check (length(description) <= 2000),
    kind         text        not null check (kind in ('assignment', 'lecture', 'study_session')),
    data         jsonb       not null default '{}' check (octet_length(data::text) <= 262144),
    category     text        not null default 'academic'
                             check (category in ('academic', 'work', 'personal', 'study', 'project',
                                                 'maintenance')),
    tags         text []     not null default '{}' check (cardinality(tags) <= 20),
    visibility   text        not null default 'private' check (visibility in ('private', 'public')),
    usage_count  integer     not null default 0 check (usage_count >= 0),
    last_used_at timestamptz,
    rating_sum   integer     not null default 0 check (rating_sum >= 0),
    rating_count integer     not null default 0 check (rating_count >= 0),
    -- Zero without ratings, so that it orders.
    rating       double precision generated always as
                             (case when rating_count = 0 then 0
                                   else rating_sum::double precision / rating_count end) stored,
    search       tsvector    generated always as
                             (to_tsvector('simple', name || ' ' || description)) stored,
    version      integer     not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    deleted_at   timestamptz,
    deleted_by   uuid,
    deletion_id  uuid,
    unique (user_id, id)
);
create index template_created on template (user_id, created_at, id) where deleted_at is null;
create index template_name on template (user_id, name, id) where deleted_at is null;
create index template_used on template (user_id, usage_count, id) where deleted_at is null;
create index template_rated on template (user_id, rating, id) where deleted_at is null;
create index template_public_created on template (created_at, id)
    where visibility = 'public' and deleted_at is null;
create index template_public_name on template (name, id)
    where visibility = 'public' and deleted_at is null;
create index template_public_used on template (usage_count, id)
    where visibility = 'public' and deleted_at is null;
create index template_public_rated on template (rating, id)
    where visibility = 'public' and deleted_at is null;
create index template_trash on template (user_id, deleted_at, id) where deleted_at is not null;
create index template_deletion on template (deletion_id) where deletion_id is not null;
create index template_purge on template (deleted_at) where deleted_at is not null;

-- `owner_id` is the template's owner, `user_id` whom it is shared with.
create table template_share (
    id          uuid primary key,
    template_id uuid        not null,
    owner_id    uuid        not null references app_user,
    user_id     uuid        not null references app_user,
    permission  text        not null check (permission in ('view', 'use', 'edit')),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid,
    check (user_id <> owner_id),
    unique (template_id, user_id),
    foreign key (owner_id, template_id) references template (user_id, id)
);
create index template_share_created on template_share (template_id, created_at, id)
    where deleted_at is null;
create index template_share_person on template_share (user_id) include (template_id, permission)
    where deleted_at is null;
create index template_share_owner on template_share (owner_id, template_id);
create index template_share_deletion on template_share (deletion_id)
    where deletion_id is not null;
create index template_share_purge on template_share (deleted_at) where deleted_at is not null;

-- `user_id` has rated a template of `owner_id`.
create table template_rating (
    id          uuid primary key,
    template_id uuid        not null,
    owner_id    uuid        not null references app_user,
    user_id     uuid        not null references app_user,
    rating      smallint    not null check (rating between 1 and 5),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid,
    check (user_id <> owner_id),
    unique (template_id, user_id),
    foreign key (owner_id, template_id) references template (user_id, id)
);
create index template_rating_owner on template_rating (owner_id, template_id);
create index template_rating_person on template_rating (user_id);
create index template_rating_deletion on template_rating (deletion_id)
    where deletion_id is not null;
create index template_rating_purge on template_rating (deleted_at) where deleted_at is not null;

insert into deletable (table_name, owner) values
    ('template', 'user_id'), ('template_share', 'owner_id'), ('template_rating', 'owner_id');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('template_share', 'template_id', 'template', 'cascade'),
    ('template_rating', 'template_id', 'template', 'cascade');
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['template', 'template_share', 'template_rating']) as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);

create view active_template with (security_invoker) as
    select * from template where deleted_at is null;
create view deleted_template with (security_invoker) as
    select * from template where deleted_at is not null;
create view active_template_share with (security_invoker) as
    select * from template_share where deleted_at is null;
create view deleted_template_share with (security_invoker) as
    select * from template_share where deleted_at is not null;
create view active_template_rating with (security_invoker) as
    select * from template_rating where deleted_at is null;
create view deleted_template_rating with (security_invoker) as
    select * from template_rating where deleted_at is not null;

-- The templates that others share with the caller, for a permission and those beyond it. Policies
-- and statements ask once a query, not once a row.
create function shared_template_ids(p_permission text) returns uuid []
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce(array_agg(template_id), '{}')
      from template_share
     where user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)
       and deleted_at is null and (p_permission = 'view' or permission = 'edit')
$$;

-- What the caller is to a template: owner, edit, use or view; null is nothing. What is public may be
-- used by everybody, whatever else is shared.
create function template_role(p_template uuid, p_owner uuid, p_visibility text) returns text
language sql stable security invoker set search_path = public, pg_temp as $$
    select case when p_owner = nullif(current_setting('app.user_id', true), '')::uuid then 'owner'
           else coalesce((select nullif(permission, case p_visibility when 'public' then 'view' end)
                            from template_share
                           where template_id = p_template and deleted_at is null
                             and user_id = nullif(current_setting('app.user_id', true), '')::uuid),
                         case p_visibility when 'public' then 'use' end) end
$$;

-- Whether a person can be shared with: there is an active account of that id, which nobody guesses.
create function person_is_active(p_user uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from app_user where id = p_user and account_status = 'active')
$$;
call run_as_definer('person_is_active(uuid)', 'campus_app');

-- Brings a template's average in line with its ratings. The row is locked first, so that whoever
-- comes last counts what all before have written. Ratings go to the trash with their template only.
create function follow_template_ratings(p_template uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform from template where id = p_template for update;
    update template as t
       set rating_sum = r.total, rating_count = r.number
      from (select coalesce(sum(rating), 0)::integer as total, count(*)::integer as number
              from template_rating
             where template_id = p_template) as r
     where t.id = p_template;
end
$$;

grant execute on function shared_template_ids, template_role
    to campus_app, campus_system, campus_support, campus_definer;
grant execute on function follow_template_ratings to campus_system;

call protect('template');
call protect_as('template', 'read', 'select',
    'user_id = @user or visibility = ''public'' and deleted_at is null
     or id = any((select shared_template_ids(''view''))::uuid[])');
call protect_as('template', 'add', 'insert', null, 'user_id = @user');
call protect_as('template', 'change', 'update',
    'user_id = @user or id = any((select shared_template_ids(''edit''))::uuid[])',
    'user_id = @user or id = any((select shared_template_ids(''edit''))::uuid[])');
call protect_as('template', 'remove', 'delete', 'user_id = @user');

call protect('template_share');
call protect_as('template_share', 'read', 'select', 'user_id = @user or owner_id = @user');
call protect_as('template_share', 'add', 'insert', null, 'owner_id = @user');
call protect_as('template_share', 'change', 'update', 'owner_id = @user', 'owner_id = @user');
call protect_as('template_share', 'remove', 'delete', 'user_id = @user or owner_id = @user');

-- A template's owner moves its ratings to the trash and back, and removes them with it.
call protect('template_rating');
call protect_as('template_rating', 'read', 'select', 'user_id = @user or owner_id = @user');
call protect_as('template_rating', 'add', 'insert', null,
    'user_id = @user and exists (select from template t where t.id = template_id)');
call protect_as('template_rating', 'change', 'update', 'user_id = @user or owner_id = @user',
                'user_id = @user or owner_id = @user');
call protect_as('template_rating', 'remove', 'delete', 'owner_id = @user');

call bound_times('template');
call bound_times('template_share');
call bound_times('template_rating');
