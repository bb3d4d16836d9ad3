-- name: list_public_courses
-- sort -created_at: created_at
-- sort title: title
-- filter language: language = any(%(language)s)
-- filter tags: tags && %(tags)s::text[]
-- filter q: to_tsvector('simple', folded(title || ' ' || code || ' ' || description))
--     @@ (select search_query(%(q)s))
select id, title, code, description, color, language, exam_on, tags, version, created_at,
       updated_at
  from public_course
 where true

-- name: follow_public_course
select follow_public_course(%(course_id)s)
