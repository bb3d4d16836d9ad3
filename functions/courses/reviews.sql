-- name: list_due_flashcards
-- sort due_at: due_at
-- filter deck_id: deck_id = any(%(deck_id)s)
-- filter course_id: deck_id in (select d.id from flashcard_deck as d where d.user_id = %(user_id)s and d.deleted_at is null and d.course_id = any(%(course_id)s))
select id, deck_id, front, back, tags, suspended, state, step, stability, difficulty, due_at,
       last_reviewed_at, reviews, lapses, version, created_at, updated_at, deleted_at,
       null::timestamptz as purge_at,
       (select exam_eve(d.course_id, %(timezone)s) from flashcard_deck as d
         where d.user_id = c.user_id and d.id = c.deck_id and d.deleted_at is null) as eve
  from flashcard as c
 where user_id = %(user_id)s and deleted_at is null and not suspended and due_at <= now()

-- name: list_flashcard_reviews
-- sort -number: number
select id, number, rating, reviewed_at, duration_ms
  from flashcard_review
 where user_id = %(user_id)s and flashcard_id = %(flashcard_id)s and deleted_at is null
   and (select require_part('flashcard', %(flashcard_id)s))

-- name: read_schedule
select c.state, c.step, c.stability, c.difficulty, c.last_reviewed_at, c.lapses, c.created_at,
       d.course_id, exam_eve(d.course_id, %(timezone)s) as eve
  from flashcard as c
  join flashcard_deck as d on d.user_id = c.user_id and d.id = c.deck_id
 where c.id = %(id)s and c.user_id = %(user_id)s and c.deleted_at is null
   and (%(if_match)s::integer is null or c.version = %(if_match)s)
   for update of c

-- The log says what the card was before.
-- name: record_review
with logged as (
    insert into flashcard_review (id, user_id, flashcard_id, number, rating, reviewed_at,
                                  duration_ms, state_before, step_before, stability_before,
                                  difficulty_before, scheduled_before, reviewed_before_at,
                                  lapses_before)
    select %(review_id)s, user_id, id, reviews + 1, %(rating)s, %(last_reviewed_at)s,
           %(duration_ms)s, state, step, stability, difficulty, scheduled_at, last_reviewed_at,
           lapses
      from flashcard
     where id = %(id)s and user_id = %(user_id)s and deleted_at is null
)
update flashcard
   set state = %(state)s, step = %(step)s, stability = %(stability)s, difficulty = %(difficulty)s,
       scheduled_at = %(scheduled_at)s, due_at = %(due_at)s,
       last_reviewed_at = %(last_reviewed_at)s, reviews = reviews + 1, lapses = %(lapses)s,
       version = version + 1, updated_at = now()
 where id = %(id)s and user_id = %(user_id)s and deleted_at is null
returning id, deck_id, front, back, tags, suspended, state, step, stability, difficulty, due_at,
          last_reviewed_at, reviews, lapses, version, created_at, updated_at, deleted_at,
          null::timestamptz as purge_at

-- Without a version it was not the last answer. The caller holds the lock of the owner's
-- reviews.
-- name: undo_review
with target as (
    select c.id, r.id as review_id, r.number = c.reviews as is_last,
           exam_eve(d.course_id, %(timezone)s) as eve
      from flashcard as c
      join flashcard_deck as d on d.user_id = c.user_id and d.id = c.deck_id
      join flashcard_review as r on r.user_id = c.user_id and r.flashcard_id = c.id
     where c.id = %(id)s and c.user_id = %(user_id)s and c.deleted_at is null
       and r.id = %(review_id)s and r.deleted_at is null
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
), gone as (
    delete from flashcard_review as r
     using target as t
     where r.id = t.review_id and r.user_id = %(user_id)s and r.deleted_at is null and t.is_last
    returning r.*
), item as (
    update flashcard as c
       set state = g.state_before, step = g.step_before, stability = g.stability_before,
           difficulty = g.difficulty_before, scheduled_at = g.scheduled_before,
           due_at = flashcard_due(g.scheduled_before,
                                  coalesce(g.reviewed_before_at, c.created_at), t.eve),
           last_reviewed_at = g.reviewed_before_at, reviews = c.reviews - 1,
           lapses = g.lapses_before, version = c.version + 1, updated_at = now()
      from gone as g cross join target as t
     where c.id = t.id and c.user_id = %(user_id)s
    returning c.deck_id, c.version
)
select i.deck_id, i.version
  from target as t left join item as i on true
