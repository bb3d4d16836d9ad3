-- What the routes and subscribers would have written beside the items.
-- name: demo_allowance
insert into task_creation (item_id, user_id, created_at)
select i.id, i.user_id, i.created_at
  from app_user as u join task_item as i on i.user_id = u.id
 where u.email = %(student)s

-- The facts of what was done, as the routes would have told them: statistics follow from these.
-- name: demo_history
insert into event (id, occurred_at, type, version, source, actor_type, actor_id, user_id,
                   entity_type, entity_id, entity_version, audience, correlation_id, data)
select uuid7(), f.at, f.type, 2, 'campus.tasks', 'user', u.id::text, u.id,
       split_part(f.type, '.', 1), f.entity_id::text, 2, 'user', 'demo', f.data
  from app_user as u
 cross join lateral (
       select a.completed_at as at, 'assignment.completed' as type, a.id as entity_id,
              jsonb_build_object('assignmentId', a.id, 'courseId', a.course_id,
                                 'completedAt', a.completed_at, 'timezone', 'Europe/Berlin',
                                 'late', a.completed_at > a.due_at) as data
         from assignment as a
        where a.user_id = u.id and a.completed_at is not null
       union all
       select s.ended_at, 'study_session.finished', s.id,
              jsonb_build_object('studySessionId', s.id, 'courseId', s.course_id,
                                 'focusSeconds', s.focus_seconds, 'startedAt', s.started_at,
                                 'finishedAt', s.ended_at, 'timezone', 'Europe/Berlin',
                                 'pauses', s.pauses, 'technique', s.technique,
                                 'confidence', s.confidence, 'difficulty', s.difficulty)
         from study_session as s
        where s.user_id = u.id and s.ended_at is not null) as f
 where u.email = %(student)s

-- What the subscribers of tasks make of them.
-- name: demo_activity
insert into activity (event_id, user_id, kind, on_day, hour, entity_id, entity_version, course_id,
                      focus_seconds, confidence, difficulty, late)
select e.id, e.user_id,
       case e.type when 'study_session.finished' then 'session' else 'completion' end,
       (e.occurred_at at time zone 'Europe/Berlin')::date,
       extract(hour from coalesce((e.data ->> 'startedAt')::timestamptz, e.occurred_at)
                         at time zone 'Europe/Berlin')::smallint,
       e.entity_id::uuid, e.entity_version, (e.data ->> 'courseId')::uuid,
       coalesce((e.data ->> 'focusSeconds')::integer, 0), (e.data ->> 'confidence')::smallint,
       (e.data ->> 'difficulty')::smallint, (e.data ->> 'late')::boolean
  from event as e join app_user as u on u.id = e.user_id
 where u.email = %(student)s and e.correlation_id = 'demo'

-- name: demo_streak
select keep_streak(id) from app_user where email = %(student)s

-- Topics for spaced repetition are due the day after their session.
-- name: demo_reviews
update study_session as s
   set review_due_at = s.ended_at + interval '1 day'
  from app_user as u
 where u.email = %(student)s and s.user_id = u.id and s.spaced_repetition
   and s.ended_at is not null
