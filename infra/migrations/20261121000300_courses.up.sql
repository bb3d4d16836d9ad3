-- Courses: what study items belong to.

create table course (
    id              uuid primary key,
    user_id         uuid        not null references app_user,
    organization_id uuid,
    title           text        not null check (length(title) between 3 and 100),
    code            text        not null default '' check (length(code) <= 20),
    description     text        not null default '' check (length(description) <= 5000),
    color           text        check (color ~ '^#[0-9a-f]{6}$'),
    visibility      text        not null default 'private'
                                check (visibility in ('private', 'organization', 'public')),
    status          text        not null default 'published'
                                check (status in ('draft', 'published', 'archived')),
    language        text        not null default 'en' check (length(language) <= 35),
    exam_on         date,
    tags            text[]      not null default '{}' check (cardinality(tags) <= 20),
    search          tsvector    generated always as
                                (to_tsvector('simple', title || ' ' || code || ' ' || description))
                                stored,
    version         integer     not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    deleted_at      timestamptz,
    deleted_by      uuid,
    deletion_id     uuid,
    unique (user_id, id)
);
create index course_created on course (user_id, created_at, id) where deleted_at is null;
create index course_title on course (user_id, title, id) where deleted_at is null;
create index course_trash on course (user_id, deleted_at, id) where deleted_at is not null;
create index course_deletion on course (deletion_id) where deletion_id is not null;
create index course_purge on course (deleted_at) where deleted_at is not null;
call protect('course');

insert into deletable (table_name) values ('course');

create view active_course with (security_invoker) as
    select * from course where deleted_at is null;
create view deleted_course with (security_invoker) as
    select * from course where deleted_at is not null;

-- Published by courses: whether the caller may put items under a course.
create function course_is_open(p_course uuid) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select exists (select from course
                    where id = p_course and deleted_at is null
                      and user_id = (select nullif(current_setting('app.user_id', true), '')::uuid))
$$;

-- Whether a live course is beyond the plan's limit: so many newer ones are live that only those
-- may be changed. Without a limit none is. Reads at most as many rows as the limit.
create function course_is_locked(p_user uuid, p_created_at timestamptz, p_id uuid,
                                 p_limit integer) returns boolean
language sql stable security invoker set search_path = public, pg_temp as $$
    select p_limit is not null and count(*) >= p_limit
      from (select from course
             where user_id = p_user and deleted_at is null
               and (created_at, id) > (p_created_at, p_id)
             limit p_limit) as newer
$$;

-- How many live courses a user has, and how much of the allowance of new items is used. The caller
-- holds the lock that serializes the user's new courses; for the allowance this takes the lock
-- under which tasks makes new items. Volatile: what others committed while it waited counts.
create function course_allowance(p_user uuid, p_items boolean)
returns table (used integer, items_used integer, resets_at timestamptz)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    if p_items then
        perform pg_advisory_xact_lock(
            hashtextextended('tasks' || current_setting('app.user_id', true), 0));
    end if;
    return query
    select (select count(*)::integer from course
             where user_id = p_user and deleted_at is null),
           a.used, a.resets_at
      from task_allowance(p_user) as a;
end
$$;

grant execute on function course_is_open, course_is_locked, course_allowance
    to campus_app, campus_system;
