-- Series that skip breaks are planned anew with every change of a term: `planned` counts them.
-- name: create_term
with term_ as (
    insert into term (id, user_id, name, starts_on, ends_on, breaks, week_a_on)
    values (%(id)s, %(user_id)s, %(name)s, %(starts_on)s, %(ends_on)s, %(breaks)s::jsonb,
            %(week_a_on)s)
    returning *
)
select id, name, starts_on, ends_on, breaks, week_a_on, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at, plan_around_breaks(user_id) as planned,
       told_reminders() as reminder_changes
  from term_

-- name: get_term
select id, name, starts_on, ends_on, breaks, week_a_on, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at
  from term
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: list_terms
-- sort starts_on: starts_on
-- sort created_at: created_at
-- filter starts_before: starts_on <= %(starts_before)s
-- filter ends_after: ends_on >= %(ends_after)s
select id, name, starts_on, ends_on, breaks, week_a_on, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at
  from term
 where user_id = %(user_id)s and deleted_at is null

-- name: update_term
with before as (
    select * from term
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), term_ as (
    update term as t
       set (name, starts_on, ends_on, breaks, week_a_on, version, updated_at)
         = (select p.name, p.starts_on, p.ends_on, p.breaks, p.week_a_on, t.version + 1, now()
              from jsonb_populate_record(t, %(changes)s::jsonb) as p)
      from before as b
     where t.id = b.id and t.user_id = %(user_id)s and %(changes)s::jsonb <> '{}'
    returning t.*
), now_is as (
    select * from term_
    union all
    select * from before where not exists (select from term_)
)
select id, name, starts_on, ends_on, breaks, week_a_on, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at, exists (select from term_) as changed,
       case when exists (select from term_) then plan_around_breaks(user_id) end as planned,
       told_reminders() as reminder_changes
  from now_is

-- name: delete_term
with gone as (
    update term
       set deleted_at = now(), deleted_by = %(user_id)s, deletion_id = %(deletion_id)s,
           version = version + 1, updated_at = now()
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
    returning user_id, version
)
select version, plan_around_breaks(user_id) as planned,
       told_reminders() as reminder_changes
  from gone

-- name: restore_term
with back as (
    select id, deletion_id from term
     where id = %(id)s and user_id = %(user_id)s and deleted_at is not null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), term_ as (
    update term as t
       set deleted_at = null, deleted_by = null, deletion_id = null, version = t.version + 1,
           updated_at = now()
      from back as b
     where t.id = b.id and t.user_id = %(user_id)s
    returning t.*, b.deletion_id as undone
)
select id, name, starts_on, ends_on, breaks, week_a_on, version, created_at, updated_at,
       deleted_at, null::timestamptz as purge_at, undone, plan_around_breaks(user_id) as planned,
       told_reminders() as reminder_changes
  from term_

-- name: purge_term
with gone as (
    delete from term
     where id = %(id)s and user_id = %(user_id)s
       and (%(if_match)s::integer is null or version = %(if_match)s)
    returning user_id, version
)
select version + 1 as version, plan_around_breaks(user_id) as planned,
       told_reminders() as reminder_changes
  from gone
