-- name: list_members
-- sort -created_at: m.created_at
-- filter role: m.role = any(%(role)s)
select m.id, m.organization_id, m.user_id, person_name(m.user_id) as name, m.role, m.version,
       m.created_at, m.updated_at
  from membership as m
 where m.organization_id = %(organization_id)s and m.deleted_at is null
   and (select organization_role(%(organization_id)s)) is not null

-- name: get_member
select m.id, m.organization_id, m.user_id, person_name(m.user_id) as name, m.role, m.version,
       m.created_at, m.updated_at
  from membership as m
 where m.id = %(id)s and m.organization_id = %(organization_id)s and m.deleted_at is null
   and (select organization_role(%(organization_id)s)) is not null

-- What somebody took part in as a member ends with that.
-- name: end_enrollments
select id, course_id, version
  from end_enrollments(%(organization_id)s, %(member_user_id)s, %(deletion_id)s)

-- name: change_member
select outcome, id, user_id, old_role, version
  from change_member(%(organization_id)s, %(id)s, %(role)s, %(if_match)s)
