-- name: follow_exam
select follow_exam(%(course_id)s)
