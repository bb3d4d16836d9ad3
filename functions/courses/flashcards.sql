-- name: list_flashcards
-- sort -created_at: created_at
-- sort due_at: due_at
-- filter deck_id: deck_id = any(%(deck_id)s)
-- filter state: state = any(%(state)s)
-- filter tags: tags && %(tags)s::text[]
-- filter suspended: suspended = %(suspended)s
-- filter q: folded_words(search, front || ' ' || back)
--     @@ (select search_query(%(q)s))
-- include deck: select id, title, course_id from flashcard_deck
--     where user_id = %(user_id)s and id = page.deck_id and deleted_at is null
select id, deck_id, front, back, tags, suspended, state, step, stability, difficulty, due_at,
       last_reviewed_at, reviews, lapses, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from flashcard
 where user_id = %(user_id)s and deleted_at is null

-- name: list_deleted_flashcards
-- sort -deleted_at: deleted_at
select id, deck_id, front, deletion_id, version, created_at, updated_at, deleted_at,
       deleted_at + make_interval(hours => %(trash_hours)s) as purge_at
  from flashcard
 where user_id = %(user_id)s and deleted_at is not null

-- name: get_flashcard
-- include deck: select id, title, course_id from flashcard_deck
--     where user_id = %(user_id)s and id = page.deck_id and deleted_at is null
select id, deck_id, front, back, tags, suspended, state, step, stability, difficulty, due_at,
       last_reviewed_at, reviews, lapses, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at
  from flashcard
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: create_flashcard
insert into flashcard (id, user_id, deck_id, front, back, tags)
select %(id)s, %(user_id)s, d.id, %(front)s, %(back)s, %(tags)s
  from flashcard_deck as d
 where d.id = %(deck_id)s and d.user_id = %(user_id)s and d.deleted_at is null
returning id, deck_id, front, back, tags, suspended, state, step, stability, difficulty, due_at,
          last_reviewed_at, reviews, lapses, version, created_at, updated_at, deleted_at,
          null::timestamptz as purge_at

-- In another deck the exam may be another. Refused without a change: `deck_open` says why.
-- name: update_flashcard
with target as (
    select c.id, d.id is not null as deck_open,
           exam_eve(d.course_id, %(timezone)s) as eve
      from flashcard as c
           left join flashcard_deck as d
                  on d.user_id = c.user_id and d.id = coalesce(%(deck_id)s::uuid, c.deck_id)
                 and d.deleted_at is null
     where c.id = %(id)s and c.user_id = %(user_id)s and c.deleted_at is null
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
       for update of c
), item as (
    update flashcard as c
       set (deck_id, front, back, tags, suspended, due_at, version, updated_at)
         = (select p.deck_id, p.front, p.back, p.tags, p.suspended,
                   flashcard_due(c.scheduled_at, coalesce(c.last_reviewed_at, c.created_at), t.eve),
                   c.version + 1, now()
              from jsonb_populate_record(c, %(changes)s::jsonb) as p)
      from target as t
     where c.id = t.id and c.user_id = %(user_id)s and t.deck_open
       and %(changes)s::jsonb <> '{}'
    returning c.*
), now_is as (
    select * from item
    union all
    select c.* from flashcard as c join target as t on t.id = c.id
     where c.user_id = %(user_id)s and c.deleted_at is null and not exists (select from item)
)
select n.id, n.deck_id, n.front, n.back, n.tags, n.suspended, n.state, n.step, n.stability,
       n.difficulty, n.due_at, n.last_reviewed_at, n.reviews, n.lapses, n.version, n.created_at,
       n.updated_at, n.deleted_at, null::timestamptz as purge_at, t.deck_open
  from target as t join now_is as n on n.id = t.id
