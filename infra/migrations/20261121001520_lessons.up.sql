-- What a course consists of: sections, lessons in them or beside them, and who has got how far.

-- `position` orders what is live and need not be gapless: what is deleted keeps its own, so that it
-- comes back where it was and nothing else has to move.
create table section (
    id          uuid primary key,
    user_id     uuid        not null references app_user,
    course_id   uuid        not null,
    title       text        not null check (length(title) between 1 and 200),
    description text        not null default '' check (length(description) <= 2000),
    position    integer     not null check (position > 0),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid,
    unique (course_id, id),
    foreign key (user_id, course_id) references course (user_id, id)
);
create index section_order on section (course_id, position, id) where deleted_at is null;
create index section_created on section (course_id, created_at, id) where deleted_at is null;
create index section_owner on section (user_id, course_id);
create index section_deletion on section (deletion_id) where deletion_id is not null;
create index section_purge on section (deleted_at) where deleted_at is not null;

create table lesson (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    course_id        uuid        not null,
    section_id       uuid,
    title            text        not null check (length(title) between 1 and 200),
    lesson_type      text        not null default 'text'
                                 check (lesson_type in ('text', 'video', 'quiz', 'interactive',
                                                        'assignment')),
    content          text        not null default '' check (length(content) <= 50000),
    duration_minutes integer     not null default 0 check (duration_minutes between 0 and 10000),
    position         integer     not null check (position > 0),
    search           tsvector    generated always as
                                 (to_tsvector('simple', title || ' ' || content)) stored,
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    unique (user_id, id),
    foreign key (user_id, course_id) references course (user_id, id),
    foreign key (course_id, section_id) references section (course_id, id)
);
create index lesson_order on lesson (course_id, position, id) where deleted_at is null;
create index lesson_created on lesson (course_id, created_at, id) where deleted_at is null;
create index lesson_title on lesson (course_id, title, id) where deleted_at is null;
create index lesson_section on lesson (course_id, section_id);
create index lesson_of_section on lesson (section_id);
create index lesson_owner on lesson (user_id, course_id);
create index lesson_deletion on lesson (deletion_id) where deletion_id is not null;
create index lesson_purge on lesson (deleted_at) where deleted_at is not null;

-- `user_id` is who learns, `owner_id` the course's owner.
create table progress_record (
    id            uuid primary key,
    user_id       uuid        not null references app_user,
    owner_id      uuid        not null references app_user,
    course_id     uuid        not null,
    lesson_id     uuid        not null,
    percent_done  integer     not null check (percent_done between 0 and 100),
    seconds_spent integer     not null default 0 check (seconds_spent between 0 and 100000000),
    completed_at  timestamptz,
    version       integer     not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    deleted_at    timestamptz,
    deleted_by    uuid,
    deletion_id   uuid,
    foreign key (owner_id, lesson_id) references lesson (user_id, id),
    check ((percent_done = 100) = (completed_at is not null))
);
create unique index progress_record_person on progress_record (lesson_id, user_id)
    include (percent_done, completed_at) where deleted_at is null;
create index progress_record_course on progress_record (course_id, user_id)
    include (percent_done, completed_at) where deleted_at is null;
create index progress_record_owner on progress_record (owner_id, lesson_id);
create index progress_record_deletion on progress_record (deletion_id) where deletion_id is not null;
create index progress_record_purge on progress_record (deleted_at) where deleted_at is not null;

call bound_times('section');
call bound_times('lesson');
call bound_times('progress_record');
call protect_by_course('section');
call protect_by_course('lesson');
-- protect_record(table): as `protect_by_course` for records that hang on content: who teaches takes
-- them to the trash with the content, and back.
create procedure protect_record(table_name regclass)
language plpgsql as $$
declare
    plain_name text := (select relname from pg_class where oid = table_name);
    taught constant text :=
        'owner_id = @user or course_id = @taught
         or exists (select from course c where c.id = course_id
                     and (c.organization_id = @managed
                          or c.organization_id = @teaching and c.visibility <> ''private''))';
begin
    call protect_by_course(table_name, 'record');
    execute format('drop policy %I on %s', plain_name || '_campus_app_change', table_name);
    execute format('drop policy %I on %s', plain_name || '_campus_app_remove', table_name);
    call protect_as(table_name, 'change', 'update', 'user_id = @user or ' || taught,
                    'user_id = @user or ' || taught);
    call protect_as(table_name, 'remove', 'delete', 'user_id = @user or ' || taught);
end
$$;
call protect_record('progress_record');

insert into deletable (table_name, owner) values
    ('section', 'user_id'), ('lesson', 'user_id'), ('progress_record', 'owner_id');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('section', 'course_id', 'course', 'cascade'),
    ('lesson', 'course_id', 'course', 'cascade'),
    ('lesson', 'section_id', 'section', 'cascade'),
    ('progress_record', 'lesson_id', 'lesson', 'cascade');
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['section', 'lesson', 'progress_record']) as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);

create view active_section with (security_invoker) as
    select * from section where deleted_at is null;
create view deleted_section with (security_invoker) as
    select * from section where deleted_at is not null;
create view active_lesson with (security_invoker) as
    select * from lesson where deleted_at is null;
create view deleted_lesson with (security_invoker) as
    select * from lesson where deleted_at is not null;
create view active_progress_record with (security_invoker) as
    select * from progress_record where deleted_at is null;
create view deleted_progress_record with (security_invoker) as
    select * from progress_record where deleted_at is not null;

-- What the caller may do with the content of a live course. No row: there is none for them.
create function course_permission(p_course uuid, p_limit integer)
returns table (owner_id uuid, role text, locked boolean)
language sql stable security invoker set search_path = public, pg_temp as $$
    select c.user_id, course_role(c.id),
           c.user_id = nullif(current_setting('app.user_id', true), '')::uuid
           and course_is_locked(c.user_id, c.created_at, c.id, p_limit)
      from course as c
     where c.id = p_course and c.deleted_at is null and course_role(c.id) is not null
$$;

-- True for a live course that the caller reads; any other is refused as if it did not exist, so that
-- a list below it is no empty list.
create function require_course(p_course uuid) returns boolean
language plpgsql stable security invoker set search_path = public, pg_temp as $$
begin
    if not reads_course(p_course) then
        raise insufficient_privilege using message = 'no such course';
    end if;
    return true;
end
$$;

-- Whose a piece of content is, and what the caller is to its course (null: that is in the trash). It
-- is looked for in a course, or below a lesson.
create function content_permission(p_table text, p_id uuid, p_course uuid, p_lesson uuid)
returns table (owner_id uuid, course_id uuid, role text)
language plpgsql stable security invoker set search_path = public, pg_temp as $$
begin
    return query execute format(
               'select t.user_id, t.course_id, course_role(t.course_id) from %I as t
                 where t.id = $1 and ($2::uuid is null or t.course_id = $2)
                   and ($3::uuid is null or to_jsonb(t) ->> ''lesson_id'' = $3::text)', p_table)
           using p_id, p_course, p_lesson;
end
$$;

-- A number for how a course is arranged: another order has another one.
create function structure_version(p_course uuid) returns integer
language sql stable security invoker set search_path = public, pg_temp as $$
    select abs(hashtextextended(coalesce(string_agg(place, ',' order by place), ''), 0)
               % 999999999)::integer
      from (select concat('s', id, ':', position) as place from section
             where course_id = p_course and deleted_at is null
            union all
            select concat('l', id, ':', section_id, ':', position) from lesson
             where course_id = p_course and deleted_at is null) as part
$$;

-- Puts all live sections and lessons of a course into an order: p_places says in which section each
-- lesson is (null: none). Nothing is done when the order was made for another state than the present.
create function arrange_course(p_course uuid, p_sections uuid[], p_lessons uuid[], p_places uuid[],
                               p_version integer)
returns table (outcome text, missing uuid[], unknown uuid[], version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_known uuid[];
    v_named uuid[] := p_sections || p_lessons;
begin
    perform from course where id = p_course and deleted_at is null for update;
    outcome := 'stale';
    if p_version is null or p_version = structure_version(p_course) then
        outcome := 'different';
        v_known := array(select id from section where course_id = p_course and deleted_at is null)
                   || array(select id from lesson where course_id = p_course and deleted_at is null);
        missing := array(select unnest(v_known) except select unnest(v_named));
        unknown := array(select unnest(v_named) except select unnest(v_known));
        if missing = '{}' and unknown = '{}' then
            outcome := 'arranged';
        end if;
    end if;
    if outcome = 'arranged' then
        update section as s
           set position = o.number, version = s.version + 1, updated_at = now()
          from unnest(p_sections) with ordinality as o (id, number)
         where s.id = o.id and s.course_id = p_course and s.position <> o.number;
        update lesson as l
           set section_id = o.section_id, position = o.number, version = l.version + 1,
               updated_at = now()
          from (select id, section_id,
                       row_number() over (partition by section_id order by place) as number
                  from unnest(p_lessons, p_places) with ordinality as p (id, section_id, place)
               ) as o
         where l.id = o.id and l.course_id = p_course
           and (l.position <> o.number or l.section_id is distinct from o.section_id);
        update course as c set version = c.version + 1, updated_at = now()
         where c.id = p_course
        returning c.version into arrange_course.version;
    end if;
    return next;
end
$$;

grant execute on function course_permission, require_course, content_permission, structure_version,
    arrange_course to campus_app, campus_system;
