-- Whoever reads the course with another role gets that back and no copy, for the refusal.
-- name: clone_course
with allowance as (
    select used, coalesce(used < %(limit)s, true) as within_limit
      from course_allowance(%(user_id)s, false)
), source as (
    select c.id, course_role(c.id) as role
      from course as c
     where c.id = %(source_id)s and c.deleted_at is null and (select reads_course(%(source_id)s))
), item as (
    insert into course (id, user_id, title, code, description, color, language, exam_on, tags)
    select %(id)s, %(user_id)s, coalesce(%(title)s, c.title), c.code, c.description, c.color,
           c.language, c.exam_on, c.tags
      from source as s
           join course as c on c.id = s.id and c.deleted_at is null
           cross join allowance as a
     where s.role = any(%(roles)s) and a.within_limit
    returning *
), content as (
    select copy_course_content(%(source_id)s, id, %(user_id)s) from item
)
select i.id as copy_id, i.title, i.code, i.description, i.color, i.visibility, i.status,
       i.language, i.exam_on, i.term_id, i.tags, i.organization_id, i.user_id as owner_id, s.role,
       false as locked, '{"assignments": 0, "lectures": 0, "study_sessions": 0}'::jsonb as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       a.used, a.within_limit
  from source as s cross join allowance as a left join item as i on true left join content on true
