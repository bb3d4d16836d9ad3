-- Flashcards in decks, with the state of their scheduling (FSRS) and the log of their reviews.

create table flashcard_deck (
    id          uuid primary key,
    user_id     uuid        not null references app_user,
    -- Maybe a course of somebody else, so no foreign key: access is checked when it is written.
    course_id   uuid,
    title       text        not null check (length(title) between 1 and 200),
    description text        not null default '' check (length(description) <= 2000),
    version     integer     not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    deleted_by  uuid,
    deletion_id uuid,
    unique (user_id, id)
);
create index flashcard_deck_created on flashcard_deck (user_id, created_at, id)
    where deleted_at is null;
create index flashcard_deck_title on flashcard_deck (user_id, title, id) where deleted_at is null;
create index flashcard_deck_course on flashcard_deck (course_id);
create index flashcard_deck_trash on flashcard_deck (user_id, deleted_at, id)
    where deleted_at is not null;
create index flashcard_deck_deletion on flashcard_deck (deletion_id) where deletion_id is not null;
create index flashcard_deck_purge on flashcard_deck (deleted_at) where deleted_at is not null;

-- `scheduled_at` is what the algorithm says and `due_at` what counts: an exam may pull it nearer.
create table flashcard (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    deck_id          uuid        not null,
    front            text        not null check (length(front) between 1 and 2000),
    back             text        not null check (length(back) between 1 and 5000),
    tags             text[]      not null default '{}' check (cardinality(tags) <= 20),
    suspended        boolean     not null default false,
    state            text        not null default 'new'
                                 check (state in ('new', 'learning', 'review', 'relearning')),
    step             smallint    check (step between 0 and 10),
    stability        double precision check (stability > 0),
    difficulty       double precision check (difficulty between 1 and 10),
    scheduled_at     timestamptz not null default now(),
    due_at           timestamptz not null default now(),
    last_reviewed_at timestamptz,
    reviews          integer     not null default 0 check (reviews >= 0),
    lapses           integer     not null default 0 check (lapses between 0 and reviews),
    search           tsvector    generated always as (to_tsvector('simple', front || ' ' || back))
                                 stored,
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    unique (user_id, id),
    foreign key (user_id, deck_id) references flashcard_deck (user_id, id),
    check ((state = 'new') = (stability is null) and (state = 'new') = (difficulty is null)
           and (state = 'new') = (last_reviewed_at is null) and (state = 'new') = (reviews = 0))
);
create index flashcard_created on flashcard (user_id, created_at, id) where deleted_at is null;
create index flashcard_due on flashcard (user_id, due_at, id) where deleted_at is null;
create index flashcard_deck_cards on flashcard (user_id, deck_id) include (state, due_at, suspended)
    where deleted_at is null;
create index flashcard_of_deck on flashcard (deck_id, user_id);
create index flashcard_trash on flashcard (user_id, deleted_at, id) where deleted_at is not null;
create index flashcard_deletion on flashcard (deletion_id) where deletion_id is not null;
create index flashcard_purge on flashcard (deleted_at) where deleted_at is not null;

-- The log: what was answered, and what the card was before, so that the last answer can be undone.
create table flashcard_review (
    id                 uuid primary key,
    user_id            uuid        not null references app_user,
    flashcard_id       uuid        not null,
    number             integer     not null check (number > 0),
    rating             text        not null check (rating in ('again', 'hard', 'good', 'easy')),
    reviewed_at        timestamptz not null,
    duration_ms        integer     check (duration_ms between 0 and 86400000),
    state_before       text        not null
                                   check (state_before in ('new', 'learning', 'review',
                                                           'relearning')),
    step_before        smallint,
    stability_before   double precision,
    difficulty_before  double precision,
    scheduled_before   timestamptz not null,
    reviewed_before_at timestamptz,
    lapses_before      integer     not null,
    version            integer     not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    deleted_at         timestamptz,
    deleted_by         uuid,
    deletion_id        uuid,
    unique (flashcard_id, number),
    foreign key (user_id, flashcard_id) references flashcard (user_id, id)
);
create index flashcard_review_log on flashcard_review (user_id, flashcard_id, number, id)
    where deleted_at is null;
create index flashcard_review_of_card on flashcard_review (flashcard_id, user_id);
create index flashcard_review_time on flashcard_review (user_id, reviewed_at)
    where deleted_at is null;
create index flashcard_review_deletion on flashcard_review (deletion_id)
    where deletion_id is not null;
create index flashcard_review_purge on flashcard_review (deleted_at) where deleted_at is not null;

call protect('flashcard_deck');
call protect('flashcard');
call protect('flashcard_review');
call bound_times('flashcard_deck');
call bound_times('flashcard');
call bound_times('flashcard_review');

insert into deletable (table_name) values ('flashcard_deck'), ('flashcard'), ('flashcard_review');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('flashcard_deck', 'course_id', 'course', 'cascade'),
    ('flashcard', 'deck_id', 'flashcard_deck', 'cascade'),
    ('flashcard_review', 'flashcard_id', 'flashcard', 'cascade');
-- As long as the courses that they may have gone with.
insert into retention_policy (name, table_name, tier, hours)
select 'trash', t.table_name, h.tier, h.hours
  from unnest(array['flashcard_deck', 'flashcard', 'flashcard_review']) as t (table_name),
       (values ('free', 48), ('premium', 120)) as h (tier, hours);

create view active_flashcard_deck with (security_invoker) as
    select * from flashcard_deck where deleted_at is null;
create view deleted_flashcard_deck with (security_invoker) as
    select * from flashcard_deck where deleted_at is not null;
create view active_flashcard with (security_invoker) as
    select * from flashcard where deleted_at is null;
create view deleted_flashcard with (security_invoker) as
    select * from flashcard where deleted_at is not null;
create view active_flashcard_review with (security_invoker) as
    select * from flashcard_review where deleted_at is null;
create view deleted_flashcard_review with (security_invoker) as
    select * from flashcard_review where deleted_at is not null;

-- The deadline that a course's exam sets for its cards: the beginning of the day before it, so that
-- what is due then can be reviewed that day. Null without a live course or an exam.
create function exam_eve(p_course uuid, p_timezone text) returns timestamptz
language sql stable security invoker set search_path = public, pg_temp as $$
    select (exam_on - 1)::timestamp at time zone p_timezone
      from course where id = p_course and deleted_at is null
$$;

-- When a card is due that the algorithm scheduled: no later than the exam's eve, unless it has been
-- reviewed since then.
create function flashcard_due(p_scheduled timestamptz, p_since timestamptz, p_eve timestamptz)
returns timestamptz
language sql immutable security invoker set search_path = public, pg_temp as $$
    select case when p_since < p_eve and p_scheduled > p_eve then p_eve else p_scheduled end
$$;

-- After an exam moved: the cards of a course, of everybody whose rows the caller sees, each in its
-- owner's time zone. Returns how many are due at another time than before.
create function follow_exam(p_course uuid) returns integer
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_count integer;
begin
    update flashcard as c
       set due_at = d.due_at, version = c.version + 1, updated_at = now()
      from (select f.id, flashcard_due(f.scheduled_at, coalesce(f.last_reviewed_at, f.created_at),
                                       exam_eve(k.course_id, u.timezone)) as due_at
              from flashcard_deck as k
              join app_user as u on u.id = k.user_id
              join flashcard as f on f.user_id = k.user_id and f.deck_id = k.id
             where k.course_id = p_course and k.deleted_at is null and f.deleted_at is null) as d
     where c.id = d.id and c.due_at <> d.due_at;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

grant execute on function exam_eve, flashcard_due, follow_exam to campus_app, campus_system;
