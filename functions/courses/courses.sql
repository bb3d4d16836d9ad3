-- The allowance is read under the locks that serialize new courses and new items of one user. The
-- first lecture cannot be counted by the view yet: it comes into being with this statement.
-- name: create_course
with allowance as (
    select used, items_used, resets_at
      from course_allowance(%(user_id)s, %(lecture_id)s::uuid is not null)
), permitted as (
    select coalesce(used < %(limit)s, true) as within_limit,
           %(lecture_id)s::uuid is null or coalesce(items_used < %(item_limit)s, true)
               as within_item_limit,
           %(organization_id)s::uuid is null
               or coalesce(organization_role(%(organization_id)s) <> 'student', false) as may_teach,
           %(term_id)s::uuid is null
               or exists (select from active_term
                           where id = %(term_id)s and user_id = %(user_id)s) as term_open
      from allowance
), item as (
    insert into course (id, user_id, title, code, description, color, visibility, status, language,
                        exam_on, term_id, tags, organization_id)
    select %(id)s, %(user_id)s, %(title)s, %(code)s, %(description)s, %(color)s,
           coalesce(%(visibility)s, default_visibility(%(organization_id)s)),
           %(status)s, %(language)s, %(exam_on)s, %(term_id)s, %(tags)s, %(organization_id)s
      from permitted
     where within_limit and within_item_limit and may_teach and term_open
    returning *
), first_lecture as (
    select add_first_lecture(%(lecture_id)s, i.user_id, i.id, %(lecture_title)s, %(start_local)s,
                             %(timezone)s, %(minutes)s, %(location)s, %(weeks)s, %(occurrences)s,
                             %(reminders)s::integer[]) as id
      from item as i
     where %(lecture_id)s::uuid is not null
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, (select t.id from active_term as t
         where t.id = i.term_id and t.user_id = i.user_id) as term_id,
       i.tags, i.organization_id, i.user_id as owner_id, 'owner' as role,
       false as locked,
       jsonb_build_object('assignments', 0, 'lectures', (f.id is not null)::integer,
                          'study_sessions', 0) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       f.id as first_lecture_id,
       %(start_local)s::timestamp at time zone %(timezone)s::text as starts_at,
       p.within_limit, p.within_item_limit, p.may_teach, p.term_open,
       organization_role(%(organization_id)s) as organization_role, a.used, a.items_used, a.resets_at,
       told_reminders() as reminder_changes
  from permitted as p cross join allowance as a
       left join item as i on true left join first_lecture as f on true

-- name: get_course
-- include assignments: select id, course_id, title, description, due_at, status, priority,
--     submission_method, submission_url, version, created_at, updated_at
--     from course_assignment where user_id = %(user_id)s and course_id = page.id
--     order by due_at, id limit 500
-- include lectures: select id, course_id, title, description, kind, starts_at, duration_minutes,
--     recurrence, location, version, created_at, updated_at
--     from course_lecture where user_id = %(user_id)s and course_id = page.id
--     order by starts_at, id limit 500
-- include study_sessions: select id, course_id, topic, notes, starts_at, ends_at, status, version,
--     created_at, updated_at
--     from course_study_session where user_id = %(user_id)s and course_id = page.id
--     order by starts_at, id limit 500
-- include sections: select id, title, description, position from section
--     where course_id = page.id and deleted_at is null order by position, id
-- include lessons: select l.id, l.section_id, l.title, l.lesson_type, l.duration_minutes, l.position
--     from lesson as l left join section as s on s.id = l.section_id and s.deleted_at is null
--     where l.course_id = page.id and l.deleted_at is null
--     order by s.position nulls last, s.id, l.position, l.id
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, (select t.id from active_term as t
         where t.id = c.term_id and t.user_id = c.user_id) as term_id,
       c.tags, c.organization_id, c.user_id as owner_id, course_role(c.id) as role,
       c.user_id = %(user_id)s
           and course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at
  from course as c
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = c.id
 where c.id = %(id)s and c.deleted_at is null and (select reads_course(%(id)s))

-- name: list_courses
-- sort -created_at: c.created_at
-- sort title: c.title
-- filter status: c.status = any(%(status)s)
-- filter visibility: c.visibility = any(%(visibility)s)
-- filter term_id: c.term_id = any(%(term_id)s)
-- filter language: c.language = any(%(language)s)
-- filter tags: c.tags && %(tags)s::text[]
-- filter exam_after: c.exam_on >= %(exam_after)s
-- filter exam_before: c.exam_on < %(exam_before)s
-- filter q: folded_words(c.search, c.title || ' ' || c.code || ' ' || c.description)
--     @@ (select search_query(%(q)s))
-- include sections: select id, title, description, position from section
--     where course_id = page.id and deleted_at is null order by position, id
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, (select t.id from active_term as t
         where t.id = c.term_id and t.user_id = c.user_id) as term_id,
       c.tags, c.organization_id, c.user_id as owner_id, 'owner' as role,
       course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at
  from course as c
       left join course_item_count as k on k.user_id = c.user_id and k.course_id = c.id
 where c.user_id = %(user_id)s and c.deleted_at is null

-- name: list_courses_with_deleted
-- sort -created_at: c.created_at
-- sort title: c.title
-- filter status: c.status = any(%(status)s)
-- filter visibility: c.visibility = any(%(visibility)s)
-- filter term_id: c.term_id = any(%(term_id)s)
-- filter language: c.language = any(%(language)s)
-- filter tags: c.tags && %(tags)s::text[]
-- filter exam_after: c.exam_on >= %(exam_after)s
-- filter exam_before: c.exam_on < %(exam_before)s
-- filter q: folded_words(c.search, c.title || ' ' || c.code || ' ' || c.description)
--     @@ (select search_query(%(q)s))
-- include sections: select id, title, description, position from section
--     where course_id = page.id and deleted_at is null order by position, id
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, (select t.id from active_term as t
         where t.id = c.term_id and t.user_id = c.user_id) as term_id,
       c.tags, c.organization_id, c.user_id as owner_id, 'owner' as role,
       c.deleted_at is null
           and course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at,
       c.deleted_at + make_interval(hours => %(trash_hours)s) as purge_at
  from course as c
       left join course_item_count as k on k.user_id = c.user_id and k.course_id = c.id
 where c.user_id = %(user_id)s

-- What the caller may see of an organization's courses, by the role that they have in it.
-- name: list_organization_courses
-- sort -created_at: c.created_at
-- sort title: c.title
-- filter status: c.status = any(%(status)s)
-- filter visibility: c.visibility = any(%(visibility)s)
-- filter term_id: c.term_id = any(%(term_id)s)
-- filter language: c.language = any(%(language)s)
-- filter tags: c.tags && %(tags)s::text[]
-- filter exam_after: c.exam_on >= %(exam_after)s
-- filter exam_before: c.exam_on < %(exam_before)s
-- filter q: folded_words(c.search, c.title || ' ' || c.code || ' ' || c.description)
--     @@ (select search_query(%(q)s))
-- include sections: select id, title, description, position from section
--     where course_id = page.id and deleted_at is null order by position, id
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, (select t.id from active_term as t
         where t.id = c.term_id and t.user_id = c.user_id) as term_id,
       c.tags, c.organization_id, c.user_id as owner_id, course_role(c.id) as role,
       c.user_id = %(user_id)s
           and course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at
  from course as c
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = c.id
 where c.organization_id = %(organization_id)s and c.deleted_at is null
   and case (select organization_role(%(organization_id)s))
       when 'owner' then true
       when 'admin' then true
       when 'instructor' then c.visibility <> 'private' or c.user_id = %(user_id)s
                              or c.id = any((select caller_ids('course_ids'))::uuid[])
       when 'student' then c.visibility <> 'private' and c.status <> 'draft'
                           or c.user_id = %(user_id)s
                           or c.id = any((select caller_ids('course_ids'))::uuid[])
       else false end

-- name: list_enrolled_courses
-- sort -created_at: c.created_at
-- sort title: c.title
-- filter status: c.status = any(%(status)s)
-- filter visibility: c.visibility = any(%(visibility)s)
-- filter term_id: c.term_id = any(%(term_id)s)
-- filter language: c.language = any(%(language)s)
-- filter tags: c.tags && %(tags)s::text[]
-- filter exam_after: c.exam_on >= %(exam_after)s
-- filter exam_before: c.exam_on < %(exam_before)s
-- filter q: folded_words(c.search, c.title || ' ' || c.code || ' ' || c.description)
--     @@ (select search_query(%(q)s))
-- include sections: select id, title, description, position from section
--     where course_id = page.id and deleted_at is null order by position, id
select c.id, c.title, c.code, c.description, c.color, c.visibility, c.status, c.language,
       c.exam_on, (select t.id from active_term as t
         where t.id = c.term_id and t.user_id = c.user_id) as term_id,
       c.tags, c.organization_id, c.user_id as owner_id, course_role(c.id) as role,
       c.user_id = %(user_id)s
           and course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       c.version, c.created_at, c.updated_at, c.deleted_at, null::timestamptz as purge_at
  from course as c
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = c.id
 where c.id = any((select caller_ids('course_ids'))::uuid[]) and c.deleted_at is null

-- A locked course comes back unchanged, and one that the caller's role does not change, for the
-- refusal to say so.
-- name: update_course
with target as (
    select c.id, c.user_id, course_role(c.id) as role,
           c.user_id = %(user_id)s
               and course_is_locked(c.user_id, c.created_at, c.id, %(limit)s) as locked,
           %(changes)s::jsonb ->> 'term_id' is null
               or exists (select from active_term
                           where id = (%(changes)s::jsonb ->> 'term_id')::uuid
                             and user_id = c.user_id) as term_open
      from course as c
     where c.id = %(id)s and c.deleted_at is null and (select reads_course(%(id)s))
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
), item as (
    update course as c
       set (title, code, description, color, visibility, status, language, exam_on, term_id, tags,
            version, updated_at)
         = (select p.title, p.code, p.description, p.color, p.visibility, p.status, p.language,
                   p.exam_on, p.term_id, p.tags, c.version + 1, now()
              from jsonb_populate_record(c, %(changes)s::jsonb) as p)
      from target as t
     where c.id = t.id and c.deleted_at is null and not t.locked and t.term_open
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
       and (t.role in ('owner', 'admin')
            or t.role = 'instructor' and not %(changes)s::jsonb ?| '{visibility,status}')
    returning c.*
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, (select t.id from active_term as t
         where t.id = i.term_id and t.user_id = i.user_id) as term_id,
       i.tags, i.organization_id, t.user_id as owner_id, t.role, t.locked, t.term_open,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       (select count(*) from course as c
         where c.user_id = %(user_id)s and c.deleted_at is null)::integer as used
  from target as t
       left join item as i on true
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = t.id

-- What is so already stays as it is: `old_status` tells.
-- name: set_course_status
with target as (
    select c.id, c.status, course_role(c.id) as role
      from course as c
     where c.id = %(id)s and c.deleted_at is null and (select reads_course(%(id)s))
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
), item as (
    update course as c
       set status = %(status)s,
           version = c.version + (c.status <> %(status)s)::integer,
           updated_at = case when c.status <> %(status)s then now() else c.updated_at end
      from target as t
     where c.id = t.id and c.deleted_at is null and t.role in ('owner', 'admin')
       and (%(if_match)s::integer is null or c.version = %(if_match)s)
    returning c.*
)
select i.id, i.title, i.code, i.description, i.color, i.visibility, i.status, i.language,
       i.exam_on, (select t.id from active_term as t
         where t.id = i.term_id and t.user_id = i.user_id) as term_id,
       i.tags, i.organization_id, i.user_id as owner_id, t.role,
       i.user_id = %(user_id)s
           and course_is_locked(i.user_id, i.created_at, i.id, %(limit)s) as locked,
       jsonb_build_object('assignments', coalesce(k.assignments, 0),
                          'lectures', coalesce(k.lectures, 0),
                          'study_sessions', coalesce(k.study_sessions, 0)) as counts,
       i.version, i.created_at, i.updated_at, i.deleted_at, null::timestamptz as purge_at,
       t.status as old_status
  from target as t
       left join item as i on true
       left join course_item_count as k on k.user_id = %(user_id)s and k.course_id = t.id
