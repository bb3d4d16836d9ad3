-- Who sees and changes a course beyond its owner: organizations with roles, and enrollments.
-- Admission resolves what the caller belongs to once a request; policies compare with that.

-- A list of ids that admission has put into the setting app.<name>; empty without admission.
create function caller_ids(p_name text) returns uuid []
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce(nullif(current_setting('app.' || p_name, true), ''), '{}')::uuid[]
$$;
grant execute on function caller_ids to campus_app, campus_system, campus_support, campus_definer;

-- `user_id` is who founded it; who runs it are the memberships with the role owner.
create table organization (
    id          uuid primary key,
    user_id     uuid        not null references app_user,
    name        text        not null check (length(name) between 1 and 100),
    slug        text        not null check (slug ~ '^[a-z0-9](-?[a-z0-9]){2,49}$'),
    settings    jsonb       not null default '{}' check (octet_length(settings::text) <= 4096),
    plan        text        not null default 'free'
                            check (plan in ('free', 'team', 'enterprise')),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid,
    unique (user_id, id)
);
create unique index organization_slug on organization (slug) where deleted_at is null;
create index organization_deletion on organization (deletion_id) where deletion_id is not null;
create index organization_purge on organization (deleted_at) where deleted_at is not null;
call bound_times('organization');

-- `owner_id` is the organization's founder: the owner of the row, in whose trash it goes.
create table membership (
    id              uuid primary key,
    organization_id uuid        not null,
    owner_id        uuid        not null references app_user,
    user_id         uuid        not null references app_user,
    role            text        not null
                                check (role in ('owner', 'admin', 'instructor', 'student')),
    version         integer     not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    deleted_at      timestamptz,
    deleted_by      uuid,
    deletion_id     uuid,
    foreign key (owner_id, organization_id) references organization (user_id, id)
);
create unique index membership_person on membership (user_id, organization_id)
    include (role) where deleted_at is null;
create index membership_created on membership (organization_id, created_at, id)
    where deleted_at is null;
create index membership_role on membership (organization_id, role) where deleted_at is null;
create index membership_owner on membership (owner_id, organization_id);
create index membership_deletion on membership (deletion_id) where deletion_id is not null;
create index membership_purge on membership (deleted_at) where deleted_at is not null;
call bound_times('membership');

-- `user_id` takes part in a course of `owner_id`.
create table enrollment (
    id           uuid primary key,
    course_id    uuid        not null,
    owner_id     uuid        not null references app_user,
    user_id      uuid        not null references app_user,
    role         text        not null default 'student' check (role in ('student', 'instructor')),
    status       text        not null default 'active'
                             check (status in ('active', 'completed', 'suspended')),
    completed_at timestamptz,
    version      integer     not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    deleted_at   timestamptz,
    deleted_by   uuid,
    deletion_id  uuid,
    foreign key (owner_id, course_id) references course (user_id, id)
);
create unique index enrollment_person on enrollment (user_id, course_id)
    include (role, status) where deleted_at is null;
create index enrollment_created on enrollment (course_id, created_at, id)
    where deleted_at is null;
create index enrollment_owner on enrollment (owner_id, course_id);
create index enrollment_deletion on enrollment (deletion_id) where deletion_id is not null;
create index enrollment_purge on enrollment (deleted_at) where deleted_at is not null;
call bound_times('enrollment');

insert into deletable (table_name, owner) values
    ('organization', 'user_id'), ('membership', 'owner_id'), ('enrollment', 'owner_id');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('membership', 'organization_id', 'organization', 'cascade'),
    ('enrollment', 'course_id', 'course', 'cascade');
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['organization', 'membership', 'enrollment']) as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);

create view active_organization with (security_invoker) as
    select * from organization where deleted_at is null;
create view deleted_organization with (security_invoker) as
    select * from organization where deleted_at is not null;
create view active_membership with (security_invoker) as
    select * from membership where deleted_at is null;
create view deleted_membership with (security_invoker) as
    select * from membership where deleted_at is not null;
create view active_enrollment with (security_invoker) as
    select * from enrollment where deleted_at is null;
create view deleted_enrollment with (security_invoker) as
    select * from enrollment where deleted_at is not null;

-- Puts what a person belongs to into the settings that the policies read. A deleted organization
-- or course has no live memberships or enrollments.
create function set_belongings(p_user uuid) returns uuid []
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_member   uuid[];
    v_teaching uuid[];
    v_managed  uuid[];
    v_enrolled uuid[];
    v_taught   uuid[];
begin
    select coalesce(array_agg(organization_id), '{}'),
           coalesce(array_agg(organization_id) filter (where role <> 'student'), '{}'),
           coalesce(array_agg(organization_id) filter (where role in ('owner', 'admin')), '{}')
      into v_member, v_teaching, v_managed
      from membership where user_id = p_user and deleted_at is null;
    select coalesce(array_agg(e.course_id)
                    filter (where e.role = 'instructor' or c.status <> 'draft'), '{}'),
           coalesce(array_agg(e.course_id) filter (where e.role = 'instructor'), '{}')
      into v_enrolled, v_taught
      from enrollment e join course c on c.id = e.course_id
     where e.user_id = p_user and e.deleted_at is null and e.status <> 'suspended';
    perform set_config('app.organization_ids', v_member::text, true),
            set_config('app.teaching_organization_ids', v_teaching::text, true),
            set_config('app.managed_organization_ids', v_managed::text, true),
            set_config('app.course_ids', v_enrolled::text, true),
            set_config('app.taught_course_ids', v_taught::text, true);
    return v_member;
end
$$;
alter function set_belongings owner to campus_definer;

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

-- protect_as(table, name, command, reading, writing): one policy of the application, made of
-- conditions in which @user, @member, @teaching, @managed, @enrolled and @taught stand for what
-- admission has found. Each is looked up once a query. What reads is wrapped in a CASE: a condition
-- with OR would tempt the planner to gather all that the caller may see by its indexes, whatever
-- the query asks for, and to expect one row of it.
create procedure protect_as(table_name regclass, name text, command text, reading text,
                            writing text default null)
language plpgsql as $$
declare
    plain_name text := (select relname from pg_class where oid = table_name);
    lists constant jsonb := '{"member": "organization_ids", "taught": "taught_course_ids",
                              "teaching": "teaching_organization_ids",
                              "managed": "managed_organization_ids", "enrolled": "course_ids"}';
    pair record;
begin
    for pair in select * from jsonb_each_text(lists) loop
        reading := replace(reading, '@' || pair.key,
                           format('any((select caller_ids(%L))::uuid[])', pair.value));
        writing := replace(writing, '@' || pair.key,
                           format('any((select caller_ids(%L))::uuid[])', pair.value));
    end loop;
    reading := replace(reading, '@user',
                       '(select nullif(current_setting(''app.user_id'', true), '''')::uuid)');
    writing := replace(writing, '@user',
                       '(select nullif(current_setting(''app.user_id'', true), '''')::uuid)');
    execute format('drop policy if exists %I on %s', plain_name || '_campus_app', table_name);
    execute format('create policy %I on %s for %s to campus_app %s %s',
                   concat_ws('_', plain_name, 'campus_app', name), table_name, command,
                   'using (case when ' || reading || ' then true else false end)',
                   'with check (' || writing || ')');
end
$$;

-- protect_by_course(table, kind): row security of rows that belong to a course.
--   content  `user_id` is the course's owner (composite foreign key to the course). Whoever reads
--            the course reads it; whoever teaches the course writes it.
--   record   `user_id` is the person whom it is about, such as a student's progress. That person
--            reads and writes it while reading the course; whoever teaches the course reads it.
create procedure protect_by_course(table_name regclass, kind text default 'content')
language plpgsql as $$
declare
    taught constant text :=
        'course_id = @taught or exists (select from course c where c.id = course_id
            and (c.user_id = @user or c.organization_id = @managed
                 or c.organization_id = @teaching and c.visibility <> ''private''))';
    readable constant text :=
        'course_id = @enrolled or exists (select from course c where c.id = course_id)';
begin
    call protect(table_name);
    if kind = 'content' then
        call protect_as(table_name, 'read', 'select', 'user_id = @user or ' || readable);
        call protect_as(table_name, 'add', 'insert', null, 'user_id = @user or ' || taught);
        call protect_as(table_name, 'change', 'update', 'user_id = @user or ' || taught,
                        'user_id = @user or ' || taught);
        call protect_as(table_name, 'remove', 'delete', 'user_id = @user or ' || taught);
    elsif kind = 'record' then
        call protect_as(table_name, 'read', 'select', 'user_id = @user or ' || taught);
        call protect_as(table_name, 'add', 'insert', null,
                        'user_id = @user and (' || readable || ')');
        call protect_as(table_name, 'change', 'update', 'user_id = @user', 'user_id = @user');
        call protect_as(table_name, 'remove', 'delete', 'user_id = @user');
    else
        raise invalid_parameter_value using message = 'a row is content or record';
    end if;
end
$$;

-- The course itself. `id = @enrolled` holds for live courses that are no drafts.
call protect('course');
call protect_as('course', 'read', 'select',
    'user_id = @user or id = @enrolled or organization_id = @managed
     or visibility <> ''private''
        and (organization_id = @teaching
             or organization_id = @member and status <> ''draft'' and deleted_at is null)');
call protect_as('course', 'add', 'insert', null,
    'user_id = @user and (organization_id is null or organization_id = @teaching)');
call protect_as('course', 'change', 'update',
    'user_id = @user or id = @taught or organization_id = @managed
     or organization_id = @teaching and visibility <> ''private''',
    'user_id = @user or id = @taught or organization_id = @managed
     or organization_id = @teaching and visibility <> ''private''');
call protect_as('course', 'remove', 'delete', 'user_id = @user or organization_id = @managed');

-- A deleted organization has no members: its last owners know it by their deleted memberships.
call protect('organization');
call protect_as('organization', 'read', 'select',
    'id = @member or deleted_at is not null and exists (
        select from membership m
         where m.organization_id = organization.id and m.user_id = @user and m.role = ''owner''
           and m.deletion_id = organization.deletion_id)');
call protect_as('organization', 'add', 'insert', null, 'user_id = @user');
call protect_as('organization', 'change', 'update', 'id = @managed', 'id = @managed');
call protect_as('organization', 'remove', 'delete', 'id = @managed');

call protect('membership');
call protect_as('membership', 'read', 'select', 'user_id = @user or organization_id = @member');
call protect_as('membership', 'add', 'insert', null, 'organization_id = @managed');
call protect_as('membership', 'change', 'update',
                'user_id = @user or organization_id = @managed',
                'user_id = @user or organization_id = @managed');
call protect_as('membership', 'remove', 'delete', 'organization_id = @managed');

-- Nobody makes an instructor of themselves; `owner_id` is the course's, by the foreign key.
call protect_by_course('enrollment', 'record');
drop policy enrollment_campus_app_add on enrollment;
drop policy enrollment_campus_app_change on enrollment;
drop policy enrollment_campus_app_remove on enrollment;
call protect_as('enrollment', 'teach', 'all',
    'owner_id = @user or course_id = @taught
     or exists (select from course c where c.id = course_id
                 and (c.organization_id = @managed
                      or c.organization_id = @teaching and c.visibility <> ''private''))',
    'owner_id = @user or course_id = @taught
     or exists (select from course c where c.id = course_id
                 and (c.organization_id = @managed
                      or c.organization_id = @teaching and c.visibility <> ''private''))');
call protect_as('enrollment', 'join', 'insert', null,
    'user_id = @user and role = ''student''
     and exists (select from course c where c.id = course_id)');
call protect_as('enrollment', 'leave', 'update', 'user_id = @user',
                'user_id = @user and role = ''student''');

-- What the caller is to a live course: owner, admin (of its organization), instructor, student
-- (enrolled), member (of its organization); null is nothing, and as good as no such course.
create function course_role(p_course uuid) returns text
language sql stable security invoker set search_path = public, pg_temp as $$
    select case
           when c.user_id = nullif(current_setting('app.user_id', true), '')::uuid then 'owner'
           when c.organization_id = any(caller_ids('managed_organization_ids')) then 'admin'
           when c.id = any(caller_ids('taught_course_ids')) then 'instructor'
           when c.visibility <> 'private'
                and c.organization_id = any(caller_ids('teaching_organization_ids'))
                then 'instructor'
           when c.id = any(caller_ids('course_ids')) then 'student'
           when c.visibility <> 'private' and c.status <> 'draft'
                and c.organization_id = any(caller_ids('organization_ids')) then 'member'
           end
      from course as c
     where c.id = p_course and c.deleted_at is null
$$;

create function reads_course(p_course uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select course_role(p_course) is not null
$$;

create function teaches_course(p_course uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select coalesce(course_role(p_course) in ('owner', 'admin', 'instructor'), false)
$$;
grant execute on function course_role, reads_course, teaches_course
    to campus_app, campus_system, campus_definer;
