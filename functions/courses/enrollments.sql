-- name: enroll
select outcome, person_id from enroll(%(id)s, %(course_id)s, %(member_id)s, %(role)s)

-- Whoever teaches the course sees everybody, a student themselves.
-- name: list_enrollments
-- sort -created_at: e.created_at
-- filter role: e.role = any(%(role)s)
-- filter status: e.status = any(%(status)s)
select e.id, e.course_id, e.user_id, person_name(e.user_id) as name, e.role, e.status,
       e.completed_at, e.version, e.created_at, e.updated_at
  from enrollment as e
 where e.course_id = %(course_id)s and e.deleted_at is null
   and (e.user_id = %(user_id)s or (select teaches_course(%(course_id)s)))

-- name: get_enrollment
select e.id, e.course_id, e.user_id, person_name(e.user_id) as name, e.role, e.status,
       e.completed_at, e.version, e.created_at, e.updated_at
  from enrollment as e
 where e.id = %(id)s and e.course_id = %(course_id)s and e.deleted_at is null
   and (e.user_id = %(user_id)s or (select teaches_course(%(course_id)s)))

-- Students get their standing back and nothing else, for the refusal.
-- name: update_enrollment
with standing as (
    select course_role(%(course_id)s) as role
), item as (
    update enrollment as e
       set role = coalesce(%(changes)s::jsonb ->> 'role', e.role),
           status = coalesce(%(changes)s::jsonb ->> 'status', e.status),
           completed_at = case when coalesce(%(changes)s::jsonb ->> 'status', e.status)
                                    = 'completed' then coalesce(e.completed_at, now()) end,
           version = e.version + 1, updated_at = now()
     where e.id = %(id)s and e.course_id = %(course_id)s and e.deleted_at is null
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
       and (select teaches_course(%(course_id)s))
    returning e.*
)
select i.id, i.course_id, i.user_id, person_name(i.user_id) as name, i.role, i.status,
       i.completed_at, i.version, i.created_at, i.updated_at, s.role as standing
  from standing as s left join item as i on true

-- name: remove_enrollment
with standing as (
    select course_role(%(course_id)s) as role
), item as (
    update enrollment as e
       set deleted_at = now(), deleted_by = e.owner_id, deletion_id = %(deletion_id)s,
           version = e.version + 1, updated_at = now()
     where e.id = %(id)s and e.course_id = %(course_id)s and e.deleted_at is null
       and (%(if_match)s::integer is null or e.version = %(if_match)s)
       and (e.user_id = %(user_id)s or (select teaches_course(%(course_id)s)))
    returning e.id, e.user_id, e.version
)
select i.id, i.user_id, i.version, s.role as standing from standing as s left join item as i on true
