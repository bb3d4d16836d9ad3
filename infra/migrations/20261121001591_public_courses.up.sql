-- The catalogue of public courses: a published table, so without row security, and with the index of
-- its full text, which row security would keep out of use.

create table public_course (
    id          uuid primary key,
    title       text        not null,
    code        text        not null,
    description text        not null,
    color       text,
    language    text        not null,
    exam_on     date,
    tags        text[]      not null,
    search      tsvector    generated always as
                            (to_tsvector('simple', title || ' ' || code || ' ' || description))
                            stored,
    version     integer     not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);
create index public_course_created on public_course (created_at, id);
create index public_course_title on public_course (title, id);
create index public_course_search on public_course using gin (search);
revoke insert, update, delete on public_course from campus_app, campus_support;

-- Brings the catalogue in line with what a course is now, whatever order its events come in.
create function follow_public_course(p_course uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('catalogue' || p_course::text, 0));
    delete from public_course where id = p_course;
    insert into public_course (id, title, code, description, color, language, exam_on, tags,
                               version, created_at, updated_at)
    select id, title, code, description, color, language, exam_on, tags, version, created_at,
           updated_at
      from course
     where id = p_course and deleted_at is null and visibility = 'public'
       and status = 'published';
end
$$;
grant execute on function follow_public_course to campus_system;
