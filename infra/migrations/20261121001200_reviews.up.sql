-- blocking: constants for new columns, and checks of them that no row there is can break
-- Spaced repetition of study sessions (SM-2): where each session stands, and every review of it.

-- `ease` is SM-2's E-Factor in hundredths, so that no rounding ever adds up.
alter table study_session
    add column ease             smallint    not null default 250 check (ease between 130 and 300),
    add column interval_days    smallint    not null default 0
                                            check (interval_days between 0 and 365),
    add column repetitions      smallint    not null default 0 check (repetitions >= 0),
    add column review_count     integer     not null default 0 check (review_count >= 0),
    add column last_reviewed_at timestamptz,
    add column review_due_at    timestamptz;

-- A review reminder is about the session's topic, not about its time: the clock of the session and
-- changes of its start leave it alone.
alter table reminder
    add column purpose text not null default 'item' check (purpose in ('item', 'review'));

-- How a topic was recalled, and what SM-2 made of it: the standing after the review.
create table session_review (
    id               uuid primary key,
    user_id          uuid        not null references app_user,
    study_session_id uuid        not null,
    quality          smallint    not null check (quality between 0 and 5),
    response_seconds integer     check (response_seconds between 0 and 86400),
    reviewed_at      timestamptz not null default now(),
    crammed          boolean     not null,
    ease             smallint    not null check (ease between 130 and 300),
    interval_days    smallint    not null check (interval_days between 1 and 365),
    repetitions      smallint    not null check (repetitions >= 0),
    due_at           timestamptz not null,
    version          integer     not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    deleted_at       timestamptz,
    deleted_by       uuid,
    deletion_id      uuid,
    unique (user_id, id),
    foreign key (user_id, study_session_id) references study_session (user_id, id)
);
create index session_review_log on session_review (user_id, study_session_id, reviewed_at, id)
    where deleted_at is null;
create index session_review_session on session_review (study_session_id, user_id);
create index session_review_owner on session_review (user_id, reviewed_at) include (quality)
    where deleted_at is null;
create index session_review_deletion on session_review (deletion_id)
    where deletion_id is not null;
create index session_review_purge on session_review (deleted_at) where deleted_at is not null;
call protect('session_review');
call bound_times('session_review');

insert into deletable (table_name) values ('session_review');
insert into deletion_policy (child_table, child_column, parent_table, action) values
    ('session_review', 'study_session_id', 'study_session', 'cascade');
insert into retention_policy (name, table_name, tier, hours) values
    ('trash', 'session_review', 'free', 48), ('trash', 'session_review', 'premium', 120);

create view active_session_review with (security_invoker) as
    select * from session_review where deleted_at is null;
create view deleted_session_review with (security_invoker) as
    select * from session_review where deleted_at is not null;

-- Published by courses: the day of the exam in a course that the caller sees, if it has one.
create function course_exam_on(p_course uuid) returns date
language sql stable security invoker set search_path = public, pg_temp as $$
    select exam_on from course where id = p_course and deleted_at is null
$$;

-- How many review reminders the 30-day window of a user holds, and when the oldest leaves it. One
-- that was cancelled before its time has cost nothing; `p_session` leaves out those that planning
-- this session anew would cancel.
create function review_allowance(p_user uuid, p_session uuid)
returns table (used integer, resets_at timestamptz)
language sql stable security invoker set search_path = public, pg_temp as $$
    select count(*)::integer, min(created_at) + interval '30 days'
      from reminder
     where user_id = p_user and purpose = 'review' and status <> 'cancelled'
       and created_at > now() - interval '30 days'
       and case when status = 'pending'
                then deleted_at is null and study_session_id <> p_session else true end
$$;

-- The tables of tasks that share in the deletion of an item: the three kinds, and all that policies
-- hang below them.
create function task_tables() returns table (table_name text)
language sql stable security invoker set search_path = public, pg_temp as $$
    with recursive below as (
        select unnest(array['assignment', 'lecture', 'study_session']) as table_name
        union
        select p.child_table
          from below as b join deletion_policy as p on p.parent_table = b.table_name
         where p.action = 'cascade'
    )
    select b.table_name from below as b
$$;

-- Removes for good what hangs on rows of one owner, the deepest first. Parts of an assignment are
-- items of their own, and no children in this sense.
create function purge_task_children(p_table text, p_ids uuid[], p_user uuid) returns void
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_policy record;
    v_ids    uuid[];
begin
    for v_policy in
        select child_table, child_column from deletion_policy
         where parent_table = p_table and action = 'cascade' and child_table <> p_table
    loop
        execute format('select array_agg(id) from %I where %I = any($1) and user_id = $2',
                       v_policy.child_table, v_policy.child_column)
           into v_ids using p_ids, p_user;
        if v_ids is not null then
            perform purge_task_children(v_policy.child_table, v_ids, p_user);
            execute format('delete from %I where user_id = $1 and id = any($2)',
                           v_policy.child_table) using p_user, v_ids;
        end if;
    end loop;
end
$$;

-- Brings back exactly what one deletion took (null: nothing), and counts it again. What lies under
-- something that another deletion has taken meanwhile belongs to that deletion from now on. Returns
-- the items that came back, not the reminders.
create or replace function restore_task_deletion(p_user uuid, p_deletion uuid)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_ids  uuid[] := array(select i.id from task_item as i
                            where i.user_id = p_user and i.deletion_id = p_deletion);
    v_held record;
begin
    perform restore_record(t.table_name, p_deletion, p_user) from task_tables() as t;
    for v_held in
        select 'assignment' as kind, a.id, w.deletion_id
          from assignment as a join assignment as w on w.id = a.parent_id
         where a.user_id = p_user and a.id = any(v_ids) and w.user_id = p_user
           and w.deleted_at is not null
        union all
        select i.kind, i.id, c.deletion_id
          from task_item as i join deleted_course as c on c.id = i.course_id
         where i.user_id = p_user and i.id = any(v_ids) and c.user_id = p_user
    loop
        perform soft_delete_record(v_held.kind, v_held.id, p_user, v_held.deletion_id);
    end loop;
    insert into task_creation (item_id, user_id, created_at)
    select i.id, p_user, i.created_at from task_item as i
     where i.user_id = p_user and i.id = any(v_ids) and i.deleted_at is null
    on conflict do nothing;
    return query
    select i.kind, i.id, i.version from task_item as i
     where i.user_id = p_user and i.id = any(v_ids) and i.deleted_at is null;
end
$$;

-- Removes one item for good, live or (p_from_trash) from the trash only, with what hangs on it and
-- the parts that were deleted with it. Returns the items that went, a version later.
create or replace function purge_task_item(p_kind text, p_id uuid, p_user uuid,
                                           p_version integer, p_from_trash boolean)
returns table (kind text, id uuid, version integer)
language plpgsql volatile security invoker set search_path = public, pg_temp as $$
declare
    v_deletion uuid;
    v_ids      uuid[];
begin
    select i.deletion_id into v_deletion
      from task_item as i
     where i.kind = p_kind and i.id = p_id and i.user_id = p_user
       and (p_version is null or i.version = p_version)
       and (i.deleted_at is not null or not p_from_trash);
    if not found then
        return;
    end if;
    v_ids := p_id || array(select a.id from assignment as a
                            where a.user_id = p_user and a.parent_id = p_id
                              and a.deletion_id is not distinct from v_deletion);
    perform purge_task_children(p_kind, v_ids, p_user);
    return query execute
        format('delete from %I where user_id = $1 and id = any($2) returning $3, id, version + 1',
               p_kind)
        using p_user, v_ids, p_kind;
end
$$;

-- For notifications: leases what is due for five minutes; a lease that ran out is due again.
-- `relevant` says whether the item is still live, ahead and not done; a review (a kind of its own)
-- is as long as the session lives, since reviewing cancels what it makes needless.
create or replace function claim_due_reminders(p_limit integer)
returns table (id uuid, user_id uuid, kind text, item_id uuid, title text,
               occurs_at timestamptz, remind_at timestamptz, relevant boolean)
language sql volatile security invoker set search_path = public, pg_temp as $$
    with due as (
        select r.id
          from reminder as r
         where r.deleted_at is null and r.status in ('pending', 'claimed')
           and r.remind_at <= now() and (r.claimed_until is null or r.claimed_until < now())
         order by r.remind_at, r.id
         limit p_limit
           for update skip locked
    ), claimed as (
        update reminder as r
           set status = 'claimed', claimed_until = now() + interval '5 minutes',
               updated_at = now(), version = r.version + 1
          from due
         where r.id = due.id
        returning r.*
    )
    select c.id, c.user_id, case c.purpose when 'review' then 'review' else i.kind end, i.id,
           i.title, c.occurs_at, c.remind_at,
           i.deleted_at is null
           and (c.purpose = 'review' or not i.done and c.occurs_at > now())
      from claimed as c
      join task_item as i on i.user_id = c.user_id
       and i.id = coalesce(c.assignment_id, c.lecture_id, c.study_session_id)
     order by c.remind_at, c.id
$$;

grant execute on function course_exam_on, review_allowance, task_tables, purge_task_children
    to campus_app, campus_system;
