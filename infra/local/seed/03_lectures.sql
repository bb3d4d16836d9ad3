-- Weekly for the 14 weeks of the term, in local time; the review before the exam is a single one.
-- name: demo_lectures
insert into lecture (id, user_id, course_id, title, kind, start_local, timezone, starts_at,
                     duration_minutes, recurrence, location, meeting_url, instructor_name,
                     reminders, created_at, updated_at)
select uuid7(), c.user_id, c.id, l.title, l.kind, t.start_local, 'Europe/Berlin',
       t.start_local at time zone 'Europe/Berlin', l.minutes, l.recurrence, l.location,
       l.meeting_url, l.instructor, l.reminders, c.created_at, c.updated_at
  from (values
       ('MA1201', 0, '10:15', 90, 'FREQ=WEEKLY;COUNT=14', 'Linear Algebra', 'lecture',
        'Main building, hall A', null, 'Prof. Okafor', '{30}'::integer[]),
       ('MA1201', 3, '08:15', 90, 'FREQ=WEEKLY;COUNT=14', 'Linear Algebra, tutorial', 'seminar',
        'Room 2.07', null, 'Lena Vogt', '{30}'),
       ('CS1203', 1, '12:15', 90, 'FREQ=WEEKLY;COUNT=14', 'Algorithms', 'lecture',
        'Informatics, hall 1', 'https://meet.example/algorithms', 'Prof. Lindqvist', '{15}'),
       ('CS1203', 4, '10:15', 90, 'FREQ=WEEKLY;COUNT=14', 'Algorithms, exercise class', 'seminar',
        'Informatics, 0.12', null, 'Tomás Herrera', '{15}'),
       ('CS2104', 2, '14:15', 90, 'FREQ=WEEKLY;COUNT=14', 'Databases', 'lecture',
        'Informatics, hall 2', null, 'Prof. Brandt', '{30}'),
       ('CS2104', 3, '16:15', 135, 'FREQ=WEEKLY;INTERVAL=2;COUNT=7', 'SQL laboratory', 'lab',
        'Pool 3', null, 'Mira Janssen', '{60}'),
       ('EN1102', 2, '10:15', 90, 'FREQ=WEEKLY;COUNT=14', 'Academic Writing', 'seminar',
        'Language centre, 1.3', null, 'Dr. Whitfield', '{30}'),
       ('MA1201', 98, '10:15', 120, null, 'Review before the exam', 'lecture',
        'Main building, hall A', null, 'Prof. Okafor', '{1440,60}')
       ) as l (code, day, at, minutes, recurrence, title, kind, location, meeting_url, instructor,
               reminders)
  join app_user as u on u.email = %(student)s
  join course as c on c.user_id = u.id and c.code = l.code
 cross join lateral (
       select date_trunc('week', %(today)s::date)::date - 42 + l.day + l.at::time as start_local
       ) as t

-- name: demo_lecture_occurrences
select plan_item('lecture', l.id, l.user_id)
  from app_user as u
  join lecture as l on l.user_id = u.id
 where u.email = %(student)s
