-- What students plan: assignments, lectures, study sessions; their reminders; the streak.

create table assignment (
    id                uuid primary key,
    user_id           uuid        not null references app_user,
    course_id         uuid,
    parent_id         uuid,
    title             text        not null check (length(title) between 1 and 200),
    description       text        not null default '' check (length(description) <= 5000),
    due_at            timestamptz not null check (due_at between '1970-01-01' and '2200-01-01'),
    due_on            date,
    timezone          text        not null default 'UTC',
    start_on          date,
    status            text        not null default 'todo'
                                  check (status in ('todo', 'in_progress', 'submitted', 'graded',
                                                    'excused', 'dropped')),
    priority          text        not null default 'medium'
                                  check (priority in ('low', 'medium', 'high', 'urgent')),
    estimated_minutes integer     check (estimated_minutes between 0 and 100000),
    percent_done      smallint    not null default 0 check (percent_done between 0 and 100),
    points            double precision check (points between 0 and 1000000),
    score             double precision check (score between 0 and 1000000),
    weight            double precision check (weight between 0 and 1000),
    submission_method text        not null default 'none'
                                  check (submission_method in ('online', 'in_person', 'none')),
    submission_url    text        check (length(submission_url) <= 2000),
    tags              text[]      not null default '{}' check (cardinality(tags) <= 20),
    checklist         jsonb       not null default '[]',
    reminders         integer[]   not null default '{}',
    source            text        not null default 'manual' check (source in ('manual', 'ics', 'job')),
    completed_at      timestamptz,
    search            tsvector    generated always as
                                  (to_tsvector('simple', title || ' ' || description)) stored,
    version           integer     not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    deleted_at        timestamptz,
    deleted_by        uuid,
    deletion_id       uuid,
    unique (user_id, id),
    -- A purged parent leaves its parts behind as assignments of their own.
    foreign key (user_id, parent_id) references assignment (user_id, id)
        on delete set null (parent_id)
);
create index assignment_due on assignment (user_id, due_at, id)
    include (course_id, status) where deleted_at is null;
create index assignment_created on assignment (user_id, created_at, id) where deleted_at is null;
create index assignment_title on assignment (user_id, title, id) where deleted_at is null;
create index assignment_course on assignment (user_id, course_id, due_at, id)
    where deleted_at is null;
create index assignment_trash on assignment (user_id, deleted_at, id) where deleted_at is not null;
create index assignment_deletion on assignment (deletion_id) where deletion_id is not null;
create index assignment_purge on assignment (deleted_at) where deleted_at is not null;
create index assignment_parent on assignment (user_id, parent_id) where parent_id is not null;
create index assignment_overdue on assignment (due_at, user_id)
    where deleted_at is null and completed_at is null;
call protect('assignment');

create table lecture (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    course_id        uuid        not null,
    title            text        not null check (length(title) between 1 and 200),
    description      text        not null default '' check (length(description) <= 5000),
    kind             text        not null default 'lecture'
                                 check (kind in ('lecture', 'seminar', 'lab', 'exam',
                                                 'office_hours')),
    -- The wall clock of `timezone`: an offset would be wrong after a change of the clocks.
    -- squawk-ignore prefer-timestamp-tz
    start_local      timestamp   not null,
    timezone         text        not null default 'UTC',
    starts_at        timestamptz not null check (starts_at between '1970-01-01' and '2200-01-01'),
    duration_minutes integer     not null check (duration_minutes between 1 and 1440),
    recurrence       text        check (length(recurrence) <= 500),
    location         text        not null default '' check (length(location) <= 200),
    meeting_url      text        check (length(meeting_url) <= 2000),
    instructor_name  text        check (length(instructor_name) <= 100),
    reminders        integer[]   not null default '{}',
    search           tsvector    generated always as
                                 (to_tsvector('simple', title || ' ' || description)) stored,
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    unique (user_id, id)
);
create index lecture_starts on lecture (user_id, starts_at, id)
    include (course_id) where deleted_at is null;
create index lecture_created on lecture (user_id, created_at, id) where deleted_at is null;
create index lecture_title on lecture (user_id, title, id) where deleted_at is null;
create index lecture_course on lecture (user_id, course_id, starts_at, id) where deleted_at is null;
create index lecture_trash on lecture (user_id, deleted_at, id) where deleted_at is not null;
create index lecture_deletion on lecture (deletion_id) where deletion_id is not null;
create index lecture_purge on lecture (deleted_at) where deleted_at is not null;
call protect('lecture');

create table study_session (
    id                uuid primary key,
    user_id           uuid        not null references app_user,
    course_id         uuid,
    assignment_id     uuid,
    topic             text        not null check (length(topic) between 1 and 200),
    notes             text        not null default '' check (length(notes) <= 5000),
    starts_at         timestamptz not null check (starts_at between '1970-01-01' and '2200-01-01'),
    ends_at           timestamptz check (ends_at > starts_at),
    started_at        timestamptz,
    ended_at          timestamptz check (ended_at >= started_at),
    running_since     timestamptz check ((running_since is not null) = (status = 'running')),
    focus_seconds     integer     not null default 0 check (focus_seconds >= 0),
    pauses            integer     not null default 0 check (pauses >= 0),
    technique         text        not null default 'free'
                                  check (technique in ('pomodoro', 'free', 'flashcards')),
    confidence        smallint    check (confidence between 1 and 5),
    difficulty        smallint    check (difficulty between 1 and 5),
    status            text        not null default 'planned'
                                  check (status in ('planned', 'running', 'paused', 'finished')),
    spaced_repetition boolean     not null default false,
    reminders         integer[]   not null default '{}',
    search            tsvector    generated always as
                                  (to_tsvector('simple', topic || ' ' || notes)) stored,
    version           integer     not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    deleted_at        timestamptz,
    deleted_by        uuid,
    deletion_id       uuid,
    unique (user_id, id),
    foreign key (user_id, assignment_id) references assignment (user_id, id)
        on delete set null (assignment_id)
);
create index study_session_starts on study_session (user_id, starts_at, id)
    include (course_id, status) where deleted_at is null;
create index study_session_created on study_session (user_id, created_at, id)
    where deleted_at is null;
create index study_session_topic on study_session (user_id, topic, id) where deleted_at is null;
create index study_session_course on study_session (user_id, course_id, starts_at, id)
    where deleted_at is null;
create index study_session_assignment on study_session (user_id, assignment_id)
    where assignment_id is not null;
create index study_session_trash on study_session (user_id, deleted_at, id)
    where deleted_at is not null;
create index study_session_deletion on study_session (deletion_id) where deletion_id is not null;
create index study_session_purge on study_session (deleted_at) where deleted_at is not null;
call protect('study_session');

create table reminder (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    assignment_id    uuid,
    lecture_id       uuid,
    study_session_id uuid,
    offset_minutes   integer     not null check (offset_minutes between 0 and 100000),
    occurs_at        timestamptz not null,
    remind_at        timestamptz not null,
    status           text        not null default 'pending'
                                 check (status in ('pending', 'claimed', 'sent', 'cancelled',
                                                   'skipped')),
    claimed_until    timestamptz,
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    unique (user_id, id),
    check (num_nonnulls(assignment_id, lecture_id, study_session_id) = 1),
    foreign key (user_id, assignment_id) references assignment (user_id, id),
    foreign key (user_id, lecture_id) references lecture (user_id, id),
    foreign key (user_id, study_session_id) references study_session (user_id, id)
);
create index reminder_due on reminder (remind_at, id)
    where deleted_at is null and status in ('pending', 'claimed');
create index reminder_owner on reminder (user_id, remind_at, id) where deleted_at is null;
create index reminder_assignment on reminder (user_id, assignment_id)
    where assignment_id is not null;
create index reminder_lecture on reminder (user_id, lecture_id) where lecture_id is not null;
create index reminder_study_session on reminder (user_id, study_session_id)
    where study_session_id is not null;
create index reminder_deletion on reminder (deletion_id) where deletion_id is not null;
create index reminder_purge on reminder (deleted_at) where deleted_at is not null;
call protect('reminder');

-- What counts against the plan's limit of new items in 30 days. A row of its own, so that purging
-- an item does not give the allowance back; deleting it within five minutes does.
create table task_creation (
    item_id    uuid primary key,
    user_id    uuid        not null references app_user,
    created_at timestamptz not null default now()
);
create index task_creation_window on task_creation (user_id, created_at);
call protect('task_creation');

create table streak (
    user_id          uuid primary key references app_user,
    current_days     integer     not null default 0,
    longest_days     integer     not null default 0,
    last_activity_on date,
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);
call protect('streak');

insert into deletable (table_name) values
    ('assignment'), ('lecture'), ('study_session'), ('reminder');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('assignment', 'parent_id', 'assignment', 'cascade'),
    ('study_session', 'assignment_id', 'assignment', 'keep'),
    ('reminder', 'assignment_id', 'assignment', 'cascade'),
    ('reminder', 'lecture_id', 'lecture', 'cascade'),
    ('reminder', 'study_session_id', 'study_session', 'cascade');

create view active_assignment with (security_invoker) as
    select * from assignment where deleted_at is null;
create view deleted_assignment with (security_invoker) as
    select * from assignment where deleted_at is not null;
create view active_lecture with (security_invoker) as
    select * from lecture where deleted_at is null;
create view deleted_lecture with (security_invoker) as
    select * from lecture where deleted_at is not null;
create view active_study_session with (security_invoker) as
    select * from study_session where deleted_at is null;
create view deleted_study_session with (security_invoker) as
    select * from study_session where deleted_at is not null;
