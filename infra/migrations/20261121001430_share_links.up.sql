-- Links that show a course to whoever has them, or let them copy it.

-- `user_id` is the course's owner. Of the token there is a SHA-256, of the password salt and scrypt.
create table share_link (
    id            uuid primary key,
    course_id     uuid        not null,
    user_id       uuid        not null references app_user,
    token_hash    bytea       not null check (length(token_hash) = 32),
    permission    text        not null default 'view' check (permission in ('view', 'clone')),
    password_hash bytea       check (length(password_hash) = 48),
    expires_at    timestamptz,
    max_views     integer     check (max_views between 1 and 1000000),
    views         integer     not null default 0,
    failures      smallint    not null default 0,
    locked_until  timestamptz,
    version       integer     not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    deleted_at    timestamptz,
    deleted_by    uuid,
    deletion_id   uuid,
    check (views <= max_views),
    foreign key (user_id, course_id) references course (user_id, id)
);
create unique index share_link_token on share_link (token_hash);
create index share_link_created on share_link (course_id, created_at, id)
    where deleted_at is null;
create index share_link_owner on share_link (user_id, course_id);
create index share_link_deletion on share_link (deletion_id) where deletion_id is not null;
create index share_link_purge on share_link (deleted_at) where deleted_at is not null;
call bound_times('share_link');

insert into deletable (table_name) values ('share_link');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('share_link', 'course_id', 'course', 'cascade');
insert into retention_policy (name, table_name, tier, hours) values
    ('trash', 'share_link', 'free', 48), ('trash', 'share_link', 'premium', 120);
create view active_share_link with (security_invoker) as
    select * from share_link where deleted_at is null;
create view deleted_share_link with (security_invoker) as
    select * from share_link where deleted_at is not null;

-- As content, but read by those who teach the course only.
call protect_by_course('share_link');
drop policy share_link_campus_app_read on share_link;
call protect_as('share_link', 'read', 'select',
    'user_id = @user or course_id = @taught
     or exists (select from course c where c.id = course_id
                 and (c.organization_id = @managed
                      or c.organization_id = @teaching and c.visibility <> ''private''))');

-- What a link needs before it opens; `open` is whether it opens at all. No row: no such link.
create function share_link_lock(p_hash bytea)
returns table (id uuid, open boolean, permission text, password_hash bytea,
               locked_until timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id,
           s.deleted_at is null and c.deleted_at is null
               and coalesce(s.expires_at > now(), true) and coalesce(s.views < s.max_views, true),
           s.permission, s.password_hash,
           case when s.locked_until > now() then s.locked_until end
      from share_link as s join course as c on c.id = s.course_id
     where s.token_hash = p_hash
$$;
call run_as_definer('share_link_lock(bytea)', 'campus_app');

-- One more wrong password. The tenth locks the link for a quarter of an hour.
create function share_link_failed(p_hash bytea) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
    update share_link
       set failures = case when failures >= 9 then 0 else failures + 1 end,
           locked_until = case when failures >= 9 then now() + interval '15 minutes' end
     where token_hash = p_hash and deleted_at is null
$$;
call run_as_definer('share_link_failed(bytea)', 'campus_app');

-- Counts a view and shows the course to the rest of this transaction, as to a student. No row: it
-- does not open. The row's lock makes the count exact, however many come at once.
create function open_share_link(p_hash bytea)
returns table (id uuid, course_id uuid, owner_id uuid, views integer)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    return query
    update share_link as s
       set views = s.views + 1, failures = 0
      from course as c
     where s.token_hash = p_hash and s.deleted_at is null
       and c.id = s.course_id and c.deleted_at is null
       and coalesce(s.expires_at > now(), true) and coalesce(s.views < s.max_views, true)
    returning s.id, s.course_id, s.user_id, s.views;
    perform set_config('app.course_ids',
                       (caller_ids('course_ids') || s.course_id)::text, true)
       from share_link as s where s.token_hash = p_hash and found and s.deleted_at is null;
end
$$;
call run_as_definer('open_share_link(bytea)', 'campus_app');
