-- By days from today: those of the past were held, the last five days in a row; the others wait.
-- name: demo_study_sessions
insert into study_session (id, user_id, course_id, topic, notes, starts_at, ends_at, started_at,
                           ended_at, focus_seconds, pauses, technique, confidence, difficulty,
                           status, spaced_repetition, reminders, created_at, updated_at)
select uuid7(), c.user_id, c.id, s.topic, s.notes, t.starts_at,
       t.starts_at + make_interval(mins => s.minutes),
       case when t.held then t.starts_at end,
       case when t.held then t.starts_at + make_interval(mins => s.minutes) end,
       case when t.held then s.minutes * 60 - s.pauses * 300 else 0 end,
       case when t.held then s.pauses else 0 end, s.technique,
       case when t.held then s.confidence end, case when t.held then s.difficulty end,
       case when t.held then 'finished' else 'planned' end, s.technique = 'flashcards', '{15}',
       least(t.starts_at - interval '3 days', %(today)s::date - interval '1 hour'),
       least(t.starts_at - interval '3 days', %(today)s::date - interval '1 hour')
  from (values
       (-40, '18:00', 'MA1201', 'Sets, maps, relations', '', 60, 1, 'free', 4, 2),
       (-37, '17:30', 'CS1203', 'Loop invariants', 'Insertion sort by hand.', 75, 1, 'pomodoro',
        3, 3),
       (-33, '18:00', 'MA1201', 'Subspaces', '', 90, 2, 'pomodoro', 3, 4),
       (-31, '16:00', 'EN1102', 'How to read a paper', '', 45, 0, 'free', 4, 2),
       (-28, '18:00', 'CS2104', 'Relational algebra', 'Division is the hard one.', 60, 1,
        'free', 3, 3),
       (-25, '17:00', 'CS1203', 'Master theorem', '', 60, 1, 'flashcards', 3, 3),
       (-20, '18:00', 'MA1201', 'Dimension formula', '', 90, 2, 'pomodoro', 3, 4),
       (-19, '18:00', 'CS1203', 'Heaps', '', 60, 1, 'pomodoro', 4, 3),
       (-18, '17:00', 'CS2104', 'Joins', 'Left, right, full, lateral.', 60, 1, 'free', 4, 2),
       (-17, '19:00', 'EN1102', 'Topic sentences', '', 30, 0, 'free', 4, 2),
       (-16, '10:00', 'MA1201', 'Matrices of linear maps', '', 120, 3, 'pomodoro', 2, 5),
       (-15, '11:00', 'CS1203', 'Hash tables', '', 60, 1, 'flashcards', 3, 3),
       (-14, '18:00', 'MA1201', 'Change of basis', 'Draw the square first.', 90, 2, 'pomodoro',
        2, 5),
       (-13, '18:00', 'CS2104', 'Normal forms', '', 60, 1, 'free', 3, 4),
       (-12, '17:30', 'CS1203', 'Balanced trees', '', 75, 1, 'pomodoro', 3, 4),
       (-9, '10:00', 'MA1201', 'Rank and inverse', '', 90, 2, 'pomodoro', 3, 4),
       (-5, '18:00', 'CS2104', 'Window functions', '', 60, 1, 'free', 3, 3),
       (-4, '18:30', 'MA1201', 'Elimination', '', 75, 1, 'pomodoro', 4, 3),
       (-3, '17:00', 'CS1203', 'Red-black trees', 'Only rotations and recolouring.', 90, 2,
        'pomodoro', 3, 5),
       (-2, '11:00', 'EN1102', 'Finding sources', '', 60, 1, 'free', 4, 2),
       (-1, '18:00', 'MA1201', 'Elementary matrices', '', 60, 1, 'flashcards', 3, 3),
       (1, '18:00', 'CS1203', 'Amortized analysis', '', 75, 1, 'pomodoro', null, null),
       (2, '17:00', 'CS2104', 'Keys of the project''s schema', '', 90, 1, 'free', null, null),
       (4, '18:00', 'MA1201', 'Determinants', '', 90, 2, 'pomodoro', null, null),
       (6, '10:00', 'EN1102', 'From outline to draft', '', 120, 2, 'free', null, null),
       (9, '18:00', 'MA1201', 'Eigenvalues', '', 90, 2, 'flashcards', null, null)
       ) as s (day, at, code, topic, notes, minutes, pauses, technique, confidence, difficulty)
  join app_user as u on u.email = %(student)s
  join course as c on c.user_id = u.id and c.code = s.code
 cross join lateral (
       select (%(today)s::date + s.day + s.at::time) at time zone 'Europe/Berlin' as starts_at,
              s.day < 0 as held) as t

-- name: demo_study_session_reminders
insert into reminder (id, user_id, study_session_id, offset_minutes, occurs_at, remind_at)
select uuid7(), s.user_id, s.id, minutes, s.starts_at,
       s.starts_at - make_interval(mins => minutes)
  from app_user as u
  join study_session as s on s.user_id = u.id and s.status = 'planned'
 cross join unnest(s.reminders) as minutes
 where u.email = %(student)s and s.starts_at - make_interval(mins => minutes) > now()
