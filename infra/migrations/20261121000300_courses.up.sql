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

grant execute on function course_is_open to campus_app, campus_system;
