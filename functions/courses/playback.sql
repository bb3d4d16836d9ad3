-- Learners get what they can read: completed, in a course of theirs.
-- name: enrichment_file
select e.file_key, e.status
  from enrichment as e
 where e.id = %(id)s and e.deleted_at is null
   and (teaches_course(e.course_id) or e.status = 'completed' and reads_course(e.course_id))
