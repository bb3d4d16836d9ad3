-- What the caller is in an organization; no row is nothing.
-- name: organization_standing
select role from membership
 where organization_id = %(id)s and user_id = %(user_id)s and deleted_at is null

-- name: course_standing
select course_role(%(id)s)
