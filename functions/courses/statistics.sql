-- name: course_statistics
select course_id, sections, lessons, lesson_minutes, students, completions, lessons_completed,
       average_percent, enrichments, quiz_attempts, average_score, refreshed_at
  from course_statistics(%(course_id)s)

-- Of each quiz the attempt with the most points counts.
-- name: list_grades
-- sort -created_at: e.created_at
-- filter status: e.status = any(%(status)s)
select e.id, e.user_id, person_name(e.user_id) as name, e.status,
       (select count(*)::integer from lesson as l
         where l.course_id = e.course_id and l.deleted_at is null) as lessons,
       (select count(p.completed_at)::integer from progress_record as p
         where p.course_id = e.course_id and p.user_id = e.user_id
           and p.deleted_at is null) as lessons_completed,
       coalesce((select sum(p.percent_done) from progress_record as p
                  where p.course_id = e.course_id and p.user_id = e.user_id
                    and p.deleted_at is null)::float8
                / nullif((select count(*) from lesson as l
                           where l.course_id = e.course_id and l.deleted_at is null), 0), 0)
           as percent_done,
       (select count(*)::integer from enrichment as q
         where q.course_id = e.course_id and q.deleted_at is null and q.type = 'quiz'
           and q.status = 'completed') as quizzes,
       (select count(distinct a.enrichment_id)::integer from quiz_attempt as a
         where a.course_id = e.course_id and a.user_id = e.user_id
           and a.deleted_at is null) as quizzes_attempted,
       (select coalesce(sum(b.points), 0)::integer
          from (select max(a.points) as points from quiz_attempt as a
                 where a.course_id = e.course_id and a.user_id = e.user_id
                   and a.deleted_at is null group by a.enrichment_id) as b) as points,
       (select coalesce(sum(b.questions), 0)::integer
          from (select max(a.questions) as questions from quiz_attempt as a
                 where a.course_id = e.course_id and a.user_id = e.user_id
                   and a.deleted_at is null group by a.enrichment_id) as b) as questions,
       greatest((select max(p.updated_at) from progress_record as p
                  where p.course_id = e.course_id and p.user_id = e.user_id
                    and p.deleted_at is null),
                (select max(a.created_at) from quiz_attempt as a
                  where a.course_id = e.course_id and a.user_id = e.user_id
                    and a.deleted_at is null)) as last_active_at
  from enrollment as e
 where e.course_id = %(course_id)s and e.deleted_at is null and e.role = 'student'
   and (e.user_id = %(user_id)s or (select teaches_course(%(course_id)s)))
   and (select require_course(%(course_id)s))
