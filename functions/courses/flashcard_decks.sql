-- name: list_decks
-- sort -created_at: created_at
-- sort title: title
-- filter course_id: course_id = any(%(course_id)s)
select id, course_id, title, description,
       (select jsonb_build_object('cards', count(*), 'new', count(*) filter (where c.state = 'new'),
                                  'due', count(*) filter (where c.due_at <= now()
                                                            and not c.suspended))
          from flashcard as c
         where c.user_id = d.user_id and c.deck_id = d.id and c.deleted_at is null) as counts,
       version, created_at, updated_at, deleted_at, null::timestamptz as purge_at
  from flashcard_deck as d
 where user_id = %(user_id)s and deleted_at is null

-- name: list_deleted_decks
-- sort -deleted_at: deleted_at
select id, course_id, title, deletion_id, version, created_at, updated_at, deleted_at,
       deleted_at + make_interval(hours => %(trash_hours)s) as purge_at
  from flashcard_deck
 where user_id = %(user_id)s and deleted_at is not null

-- name: get_deck
select id, course_id, title, description,
       (select jsonb_build_object('cards', count(*), 'new', count(*) filter (where c.state = 'new'),
                                  'due', count(*) filter (where c.due_at <= now()
                                                            and not c.suspended))
          from flashcard as c
         where c.user_id = d.user_id and c.deck_id = d.id and c.deleted_at is null) as counts,
       version, created_at, updated_at, deleted_at, null::timestamptz as purge_at
  from flashcard_deck as d
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- Refused without a row of the deck: `course_open` says why.
-- name: create_deck
with permitted as (
    select %(course_id)s::uuid is null or reads_course(%(course_id)s) as course_open
), item as (
    insert into flashcard_deck (id, user_id, course_id, title, description)
    select %(id)s, %(user_id)s, %(course_id)s, %(title)s, %(description)s
      from permitted
     where course_open
    returning *
)
select i.id, i.course_id, i.title, i.description,
       jsonb_build_object('cards', 0, 'new', 0, 'due', 0) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       p.course_open
  from permitted as p left join item as i on true

-- With another course the deadline is another: so are the times at which cards are due.
-- name: update_deck
with target as (
    select id, course_id is not distinct from %(course_id)s::uuid
               or not %(changes)s::jsonb ? 'course_id' as same_course,
           %(course_id)s::uuid is null or course_id = %(course_id)s
               or reads_course(%(course_id)s) as course_open
      from flashcard_deck
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
       and (%(if_match)s::integer is null or version = %(if_match)s)
       for update
), item as (
    update flashcard_deck as d
       set (course_id, title, description, version, updated_at)
         = (select p.course_id, p.title, p.description, d.version + 1, now()
              from jsonb_populate_record(d, %(changes)s::jsonb) as p)
      from target as t
     where d.id = t.id and d.user_id = %(user_id)s and t.course_open
       and %(changes)s::jsonb <> '{}'
    returning d.*
), due_again as (
    update flashcard as c
       set due_at = flashcard_due(c.scheduled_at, coalesce(c.last_reviewed_at, c.created_at),
                                  exam_eve(i.course_id, %(timezone)s)),
           version = c.version + 1, updated_at = now()
      from item as i cross join target as t
     where c.user_id = %(user_id)s and c.deck_id = i.id and c.deleted_at is null
       and not t.same_course
    returning c.due_at, c.suspended
), now_is as (
    select * from item
    union all
    select d.* from flashcard_deck as d join target as t on t.id = d.id
     where d.user_id = %(user_id)s and d.deleted_at is null and not exists (select from item)
)
select n.id, n.course_id, n.title, n.description,
       (select jsonb_build_object('cards', count(*), 'new', count(*) filter (where c.state = 'new'),
                                  'due', case when t.same_course
                                              then count(*) filter (where c.due_at <= now()
                                                                      and not c.suspended)
                                              else (select count(*) from due_again as a
                                                     where a.due_at <= now() and not a.suspended)
                                              end)
          from flashcard as c
         where c.user_id = n.user_id and c.deck_id = n.id and c.deleted_at is null) as counts,
       n.version, n.created_at, n.updated_at, n.deleted_at, null::timestamptz as purge_at,
       t.course_open
  from target as t join now_is as n on n.id = t.id
