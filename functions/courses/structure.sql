-- name: get_structure
select structure_version(c.id) as version,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'id', s.id, 'title', s.title, 'lessons',
                   (select coalesce(jsonb_agg(jsonb_build_object(
                               'id', l.id, 'title', l.title, 'lesson_type', l.lesson_type,
                               'duration_minutes', l.duration_minutes)
                                              order by l.position, l.id), '[]')
                      from lesson as l
                     where l.course_id = s.course_id and l.section_id = s.id
                       and l.deleted_at is null)) order by s.position, s.id), '[]')
          from section as s
         where s.course_id = c.id and s.deleted_at is null) as sections,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'id', l.id, 'title', l.title, 'lesson_type', l.lesson_type,
                   'duration_minutes', l.duration_minutes) order by l.position, l.id), '[]')
          from lesson as l
         where l.course_id = c.id and l.section_id is null and l.deleted_at is null) as lessons
  from course as c
 where c.id = %(course_id)s and c.deleted_at is null and (select reads_course(%(course_id)s))

-- name: arrange
select p.owner_id, p.role, p.locked, a.outcome, a.missing, a.unknown, a.version
  from course_permission(%(course_id)s, %(limit)s) as p
       left join lateral arrange_course(%(course_id)s, %(sections)s::uuid[], %(lessons)s::uuid[],
                                        %(places)s::uuid[], %(if_match)s) as a
              on p.role in ('owner', 'admin', 'instructor') and not p.locked

-- name: list_deleted_content
-- sort -deleted_at: deleted_at
-- filter kind: kind = any(%(kind)s)
select id, kind, title, deletion_id, version, created_at, deleted_at
  from deleted_content
 where course_id = %(course_id)s and deleted_at is not null
