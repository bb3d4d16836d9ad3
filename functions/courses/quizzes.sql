-- name: read_quiz
select type, status, content, version
  from enrichment
 where id = %(id)s and deleted_at is null
   and (teaches_course(course_id) or status = 'completed' and reads_course(course_id))
   and (%(if_match)s::integer is null or version = %(if_match)s)

-- name: record_attempt
insert into quiz_attempt (id, user_id, owner_id, course_id, enrichment_id, answers, points,
                          questions, duration_ms)
select %(id)s, %(user_id)s, user_id, course_id, id, %(answers)s::jsonb -> 'chosen', %(points)s,
       %(questions)s, %(duration_ms)s
  from enrichment
 where id = %(enrichment_id)s and deleted_at is null
returning id, course_id, enrichment_id, points, questions, duration_ms, version, created_at,
          updated_at
