-- Whether there is room and the course is open, which of the caller's own items are named, and what
-- is known of the events with these UIDs, with their items. One row at least.
-- name: import_standing
select p.course_open, p.used, p.resets_at,
       array(select i.id from task_item as i
              where i.user_id = %(user_id)s and i.id = any(%(own)s::uuid[])) as own,
       e.id as key_id, e.uid, e.recurrence_id, e.sequence, e.modified_at, e.digest,
       case when e.assignment_id is not null then 'assignment'
            when e.lecture_id is not null then 'lecture' else 'study_session' end as kind,
       coalesce(a.id, l.id, s.id) as item_id,
       coalesce(a.deleted_at, l.deleted_at, s.deleted_at) is null as is_live,
       task_is_locked(%(user_id)s, coalesce(a.created_at, l.created_at, s.created_at),
                      coalesce(a.id, l.id, s.id), %(limit)s) as locked,
       coalesce(a.title, l.title, s.topic) as title, coalesce(l.location, '') as location,
       coalesce(l.duration_minutes, 0) as minutes, coalesce(a.timezone, l.timezone) as timezone,
       coalesce(l.start_local, a.due_at at time zone a.timezone) as start_local,
       coalesce(a.recurrence, l.recurrence) as recurrence,
       coalesce(a.exdates, l.exdates) as exdates, coalesce(a.rdates, l.rdates) as rdates
  from task_permission(%(user_id)s, %(limit)s, %(course_id)s) as p
  left join imported_event as e on e.user_id = %(user_id)s and e.uid = any(%(uids)s::text[])
  left join assignment as a on a.user_id = e.user_id and a.id = e.assignment_id
  left join lecture as l on l.user_id = e.user_id and l.id = e.lecture_id
  left join study_session as s on s.user_id = e.user_id and s.id = e.study_session_id

-- name: import_calendar
select op, kind, id, version, course_id, at, of_id, status, changed, finished, reminders
  from import_calendar(%(user_id)s, %(items)s::jsonb, %(own)s::jsonb, %(keys)s::jsonb,
                       %(forgotten)s::uuid[], %(deletion_id)s)
