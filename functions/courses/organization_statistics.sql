-- name: organization_statistics
select courses, sections, lessons, lesson_minutes, students, completions, enrichments,
       quiz_attempts, refreshed_at
  from organization_statistics(%(id)s)
