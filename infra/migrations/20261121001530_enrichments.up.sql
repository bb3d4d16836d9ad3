-- What lessons are enriched with: quizzes, summaries and more, drafted by hand or generated; attempts
-- at quizzes, and reports.

create table enrichment (
    id           uuid primary key,
    user_id      uuid        not null references app_user,
    course_id    uuid        not null,
    lesson_id    uuid        not null,
    type         text        not null
                             check (type in ('quiz', 'summary', 'flashcards', 'audio', 'video',
                                             'presentation', 'document', 'cover')),
    status       text        not null
                             check (status in ('draft', 'pending', 'draft_generating',
                                               'draft_ready', 'generating', 'completed', 'failed',
                                               'cancelled')),
    settings     jsonb       not null default '{}' check (octet_length(settings::text) <= 8192),
    draft        jsonb       check (octet_length(draft::text) <= 1000000),
    content      jsonb       check (octet_length(content::text) <= 1000000),
    citations    jsonb       not null default '[]' check (octet_length(citations::text) <= 100000),
    model        text        check (length(model) <= 100),
    tokens       integer     not null default 0 check (tokens >= 0),
    cost_micros  bigint      not null default 0 check (cost_micros >= 0),
    error        jsonb       check (octet_length(error::text) <= 4096),
    requested_at timestamptz,
    version      integer     not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    deleted_at   timestamptz,
    deleted_by   uuid,
    deletion_id  uuid,
    unique (user_id, id),
    foreign key (user_id, course_id) references course (user_id, id),
    foreign key (user_id, lesson_id) references lesson (user_id, id),
    check (status <> 'draft' or draft is not null),
    check (status <> 'draft_ready' or draft is not null),
    check (status <> 'completed' or content is not null)
);
create index enrichment_created on enrichment (lesson_id, created_at, id) where deleted_at is null;
create index enrichment_course on enrichment (course_id, status) where deleted_at is null;
create index enrichment_owner_course on enrichment (user_id, course_id);
create index enrichment_owner_lesson on enrichment (user_id, lesson_id);
create index enrichment_deletion on enrichment (deletion_id) where deletion_id is not null;
create index enrichment_purge on enrichment (deleted_at) where deleted_at is not null;

create table quiz_attempt (
    id            uuid primary key,
    user_id       uuid        not null references app_user,
    owner_id      uuid        not null references app_user,
    course_id     uuid        not null,
    enrichment_id uuid        not null,
    answers       jsonb       not null check (octet_length(answers::text) <= 32768),
    points        integer     not null check (points between 0 and questions),
    questions     integer     not null check (questions > 0),
    duration_ms   integer     check (duration_ms between 0 and 86400000),
    version       integer     not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    deleted_at    timestamptz,
    deleted_by    uuid,
    deletion_id   uuid,
    foreign key (owner_id, enrichment_id) references enrichment (user_id, id)
);
create index quiz_attempt_course on quiz_attempt (course_id, user_id)
    include (points, questions) where deleted_at is null;
create index quiz_attempt_quiz on quiz_attempt (enrichment_id, user_id, created_at)
    where deleted_at is null;
create index quiz_attempt_owner on quiz_attempt (owner_id, enrichment_id);
create index quiz_attempt_deletion on quiz_attempt (deletion_id) where deletion_id is not null;
create index quiz_attempt_purge on quiz_attempt (deleted_at) where deleted_at is not null;

create table enrichment_report (
    id            uuid primary key,
    user_id       uuid        not null references app_user,
    owner_id      uuid        not null references app_user,
    course_id     uuid        not null,
    enrichment_id uuid        not null,
    reason        text        not null
                              check (reason in ('wrong', 'inappropriate', 'copyright', 'other')),
    comment       text        not null default '' check (length(comment) <= 1000),
    version       integer     not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    deleted_at    timestamptz,
    deleted_by    uuid,
    deletion_id   uuid,
    foreign key (owner_id, enrichment_id) references enrichment (user_id, id)
);
create unique index enrichment_report_person on enrichment_report (enrichment_id, user_id)
    where deleted_at is null;
create index enrichment_report_owner on enrichment_report (owner_id, enrichment_id);
create index enrichment_report_deletion on enrichment_report (deletion_id)
    where deletion_id is not null;
create index enrichment_report_purge on enrichment_report (deleted_at) where deleted_at is not null;

call bound_times('enrichment');
call bound_times('quiz_attempt');
call bound_times('enrichment_report');
call protect_by_course('enrichment');
call protect_record('quiz_attempt');
call protect_record('enrichment_report');

insert into deletable (table_name, owner) values
    ('enrichment', 'user_id'), ('quiz_attempt', 'owner_id'), ('enrichment_report', 'owner_id');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('enrichment', 'course_id', 'course', 'cascade'),
    ('enrichment', 'lesson_id', 'lesson', 'cascade'),
    ('quiz_attempt', 'enrichment_id', 'enrichment', 'cascade'),
    ('enrichment_report', 'enrichment_id', 'enrichment', 'cascade');
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['enrichment', 'quiz_attempt', 'enrichment_report']) as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);

create view active_enrichment with (security_invoker) as
    select * from enrichment where deleted_at is null;
create view deleted_enrichment with (security_invoker) as
    select * from enrichment where deleted_at is not null;
create view active_quiz_attempt with (security_invoker) as
    select * from quiz_attempt where deleted_at is null;
create view deleted_quiz_attempt with (security_invoker) as
    select * from quiz_attempt where deleted_at is not null;
create view active_enrichment_report with (security_invoker) as
    select * from enrichment_report where deleted_at is null;
create view deleted_enrichment_report with (security_invoker) as
    select * from enrichment_report where deleted_at is not null;

-- What a caller may see of a quiz: without the right answers, unless they teach.
create function without_answers(p_content jsonb) returns jsonb
language sql immutable security invoker set search_path = public, pg_temp as $$
    select case when p_content ? 'questions' then
        jsonb_set(p_content, '{questions}',
                  coalesce((select jsonb_agg(q || '{"correct": null, "explanation": null}' order by n)
                              from jsonb_array_elements(p_content -> 'questions')
                                   with ordinality as t (q, n)), '[]'))
        else p_content end
$$;
grant execute on function without_answers to campus_app, campus_system;
