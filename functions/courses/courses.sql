-- The allowance is read under the locks that serialize new courses and new items of one user. The
-- first lecture cannot be counted by the view yet: it comes into being with this statement.
-- name: create_course
with allowance as (
    select used, items_used, resets_at
      from course_allowance(%(user_id)s, %(lecture_id)s::uuid is not null)
), permitted as (
    select coalesce(used < %(limit)s, true) as within_limit,
           %(lecture_id)s::uuid is null or coalesce(items_used < %(item_limit)s, true)
               as within_item_limit
      from allowance
), item as (
    insert into course (id, user_id, title, code, description, color, visibility, status, language,
                        exam_on, tags)
    select %(id)s, %(user_id)s, %(title)s, %(code)s, %(description)s, %(color)s, %(visibility)s,
           %(status)s, %(language)s, %(exam_on)s, %(tags)s
      from permitted
     where within_limit and within_item_limit
    returning *
), first_lecture as (
    select add_first_lecture(%(lecture_id)s, i.user_id, i.id, %(lecture_title)s, %(start_local)s,
                             %(timezone)s, %(minutes)s, %(location)s, %(weeks)s, %(occurrences)s,
                             %(reminders)s::integer[]) as id
      from item as i
     where %(lecture_id)s::uuid is not null
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, i.tags, false as locked,
       jsonb_build_object('assignments', 0, 'lectures', (f.id is not null)::integer,
                          'study_sessions', 0) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       f.id as first_lecture_id,
       %(start_local)s::timestamp at time zone %(timezone)s::text as starts_at,
       p.within_limit, p.within_item_limit, a.used, a.items_used, a.resets_at
  from permitted as p cross join allowance as a
       left join item as i on true left join first_lecture as f on true

-- name: get_course
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, c.tags,
       course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at
  from course as c
       left join course_item_count as k on k.user_id = c.user_id and k.course_id = c.id
 where c.id = %(id)s and c.user_id = %(user_id)s and c.deleted_at is null

-- name: list_courses
-- sort -created_at: c.created_at
-- sort title: c.title
-- filter status: c.status = any(%(status)s)
-- filter visibility: c.visibility = any(%(visibility)s)
-- filter q: c.search @@ websearch_to_tsquery('simple', %(q)s)
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, c.tags,
       course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at
  from course as c
       left join course_item_count as k on k.user_id = c.user_id and k.course_id = c.id
 where c.user_id = %(user_id)s and c.deleted_at is null

-- A locked course comes back unchanged, for the refusal to say so.
-- name: update_course
with target as (
    select c.id, course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked
      from course as c
     where c.id = %(id)s and c.user_id = %(user_id)s and c.deleted_at is null
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
       for update
), item as (
    update course as c
       set (title, code, description, color, visibility, status, language, exam_on, tags, version,
            updated_at)
         = (select p.title, p.code, p.description, p.color, p.visibility, p.status, p.language,
                   p.exam_on, p.tags, c.version + 1, now()
              from jsonb_populate_record(c, %(changes)s::jsonb) as p)
      from target as t
     where c.id = t.id and c.user_id = %(user_id)s and not t.locked
    returning c.*
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, i.tags, t.locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       (select count(*) from course as c
         where c.user_id = %(user_id)s and c.deleted_at is null)::integer as used
  from target as t
       left join item as i on true
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = t.id
