-- Forty assignments of a term, by the week of the term (0 to 14) and the day from Monday. What was
-- due more than a week ago is graded, what was due since is handed in; `fate` names the exceptions.
-- name: demo_assignments
insert into assignment (id, user_id, course_id, title, description, due_at, timezone, status,
                        priority, estimated_minutes, percent_done, points, score,
                        submission_method, tags, checklist, reminders, completed_at, created_at,
                        updated_at)
select uuid7(), c.user_id, c.id, a.title, a.description, t.due_at, 'Europe/Berlin', s.status,
       a.priority, a.minutes,
       case s.status when 'in_progress' then 40 when 'todo' then 0 when 'excused' then 0
                     else 100 end,
       a.points,
       case when s.status = 'graded'
            then round(a.points * (70 + (length(a.title) * 7 + a.week) %% 31) / 100.0) end,
       a.method, case when a.title like '%%project%%' then '{team}'::text[] else '{}' end,
       case when a.title like '%%project%%' then
            '[{"text": "Meet the team", "done": true}, {"text": "Write it down", "done": false},
              {"text": "Have it read by another team", "done": false}]'::jsonb
            else '[]' end,
       case when a.priority in ('high', 'urgent') then '{1440,60}'::integer[] else '{60}' end,
       case when s.status in ('submitted', 'graded') then
            t.due_at - make_interval(hours => case when a.fate = 'late' then -3
                                                   else 2 + length(a.title) %% 22 end) end,
       m.made_at, m.made_at
  from (values
       ('MA1201', 1, 4, '12:00', 'Sheet 1: vectors and lines', 'medium', 20, 180, 'in_person', '',
        'Exercises 1.1 to 1.4. Hand in pairs.'),
       ('MA1201', 2, 4, '12:00', 'Sheet 2: fields and vector spaces', 'medium', 20, 200,
        'in_person', '', 'Prove the subspace criterion first.'),
       ('MA1201', 3, 4, '12:00', 'Sheet 3: bases and dimension', 'medium', 20, 200, 'in_person',
        'late', 'Exercise 3.4 needs the exchange lemma.'),
       ('MA1201', 4, 4, '12:00', 'Sheet 4: linear maps', 'medium', 20, 220, 'in_person', '',
        'Kernel and image; draw the example of 4.2.'),
       ('MA1201', 5, 4, '12:00', 'Sheet 5: matrices', 'medium', 20, 180, 'in_person', '', ''),
       ('MA1201', 6, 4, '12:00', 'Sheet 6: Gaussian elimination', 'high', 20, 200, 'in_person',
        '', 'Keep the elementary matrices: they come back on sheet 7.'),
       ('MA1201', 7, 4, '12:00', 'Sheet 7: determinants', 'medium', 20, 200, 'in_person', '', ''),
       ('MA1201', 8, 4, '12:00', 'Sheet 8: eigenvalues', 'medium', 20, 220, 'in_person', '', ''),
       ('MA1201', 9, 4, '12:00', 'Sheet 9: diagonalization', 'medium', 20, 220, 'in_person', '',
        ''),
       ('MA1201', 10, 4, '12:00', 'Sheet 10: scalar products', 'medium', 20, 200, 'in_person', '',
        ''),
       ('MA1201', 11, 4, '12:00', 'Sheet 11: orthogonality', 'medium', 20, 200, 'in_person', '',
        ''),
       ('MA1201', 12, 4, '12:00', 'Sheet 12: the spectral theorem', 'medium', 20, 240,
        'in_person', '', 'Last sheet that counts for admission to the exam.'),

       ('CS1203', 1, 1, '23:59', 'Exercise 1: growth of functions', 'medium', 10, 120, 'online',
        '', ''),
       ('CS1203', 2, 1, '23:59', 'Programming 1: merge sort', 'medium', 15, 240, 'online', '',
        'Stable, without recursion. The tests of the course page must pass.'),
       ('CS1203', 3, 1, '23:59', 'Exercise 2: recurrences', 'medium', 10, 150, 'online', '',
        'Solve 2 c) by substitution, not by the master theorem.'),
       ('CS1203', 4, 1, '23:59', 'Programming 2: binary heaps', 'medium', 15, 240, 'online', '',
        ''),
       ('CS1203', 5, 1, '23:59', 'Exercise 3: hashing', 'medium', 10, 120, 'online', 'excused',
        'Excused: ill that week.'),
       ('CS1203', 6, 1, '23:59', 'Programming 3: balanced trees', 'high', 15, 300, 'online', '',
        'Left-leaning red-black trees; deletion is optional.'),
       ('CS1203', 8, 1, '23:59', 'Exercise 4: amortized analysis', 'medium', 10, 150, 'online', '',
        ''),
       ('CS1203', 9, 1, '23:59', 'Programming 4: shortest paths', 'high', 15, 300, 'online', '',
        'The railway data set has negative edges.'),
       ('CS1203', 11, 1, '23:59', 'Exercise 5: NP-completeness', 'medium', 10, 180, 'online', '',
        ''),
       ('CS1203', 12, 1, '23:59', 'Programming 5: maximum flow', 'medium', 15, 300, 'online', '',
        ''),

       ('CS2104', 1, 3, '18:00', 'Entity-relationship model of a library', 'medium', 10, 120,
        'online', '', ''),
       ('CS2104', 2, 6, '20:00', 'Team and topic of the project', 'high', null, 60, 'online', '',
        'Three people, one page: what, for whom, which data.'),
       ('CS2104', 3, 3, '18:00', 'SQL 1: selecting and joining', 'medium', 10, 150, 'online', '',
        ''),
       ('CS2104', 4, 3, '18:00', 'Normal forms', 'medium', 10, 120, 'online', '', ''),
       ('CS2104', 5, 3, '18:00', 'SQL 2: grouping and windows', 'medium', 10, 180, 'online',
        'missing', 'Query 7 without a subquery.'),
       ('CS2104', 7, 6, '20:00', 'Schema of the project', 'high', 30, 360, 'online', '',
        'Migrations, constraints and a page that defends the keys.'),
       ('CS2104', 9, 3, '18:00', 'Transactions and isolation', 'medium', 10, 150, 'online', '',
        'Show a lost update, then prevent it in two ways.'),
       ('CS2104', 11, 3, '18:00', 'Query plans and indexes', 'medium', 10, 150, 'online', '', ''),
       ('CS2104', 13, 6, '20:00', 'Report and demonstration of the project', 'urgent', 60, 600,
        'online', '', 'Ten pages and fifteen minutes.'),

       ('EN1102', 0, 5, '20:00', 'Letter of introduction', 'low', 5, 45, 'online', '', ''),
       ('EN1102', 1, 2, '09:00', 'Read and annotate two papers', 'medium', 10, 120, 'none', '',
        'One that you like, one that you do not.'),
       ('EN1102', 3, 2, '09:00', 'Summary of a paper', 'medium', 15, 150, 'online', '',
        '300 words, none of them "very".'),
       ('EN1102', 5, 0, '09:00', 'Outline of the argument', 'medium', 15, 120, 'online', '', ''),
       ('EN1102', 6, 5, '20:00', 'Annotated bibliography', 'medium', 20, 240, 'online', '',
        'Eight sources, at least five of them peer-reviewed.'),
       ('EN1102', 8, 2, '09:00', 'First draft', 'high', 20, 480, 'online', '', ''),
       ('EN1102', 9, 2, '09:00', 'Review of a fellow student''s draft', 'medium', 15, 120,
        'online', '', ''),
       ('EN1102', 11, 2, '09:00', 'Second draft', 'medium', 20, 360, 'online', '', ''),
       ('EN1102', 13, 4, '20:00', 'Final paper', 'urgent', 100, 600, 'online', '',
        '3,000 words. The whole grade.')
       ) as a (code, week, day, at, title, priority, points, minutes, method, fate, description)
  join app_user as u on u.email = %(student)s
  join course as c on c.user_id = u.id and c.code = a.code
 cross join lateral (
       select (date_trunc('week', %(today)s::date)::date - 42 + a.week * 7 + a.day + a.at::time)
              at time zone 'Europe/Berlin' as due_at) as t
 cross join lateral (
       select case when a.fate = 'excused' then 'excused'
                   when t.due_at > %(today)s::date + interval '6 days'
                        or a.fate = 'missing' then 'todo'
                   when t.due_at > %(today)s::date then 'in_progress'
                   when t.due_at < %(today)s::date - interval '7 days' then 'graded'
                   else 'submitted' end as status) as s
 cross join lateral (
       select c.created_at + make_interval(days => least(a.week, 5) * 2) as made_at) as m

-- name: demo_assignment_reminders
insert into reminder (id, user_id, assignment_id, offset_minutes, occurs_at, remind_at)
select uuid7(), a.user_id, a.id, minutes, a.due_at, a.due_at - make_interval(mins => minutes)
  from app_user as u
  join assignment as a on a.user_id = u.id and a.completed_at is null
 cross join unnest(a.reminders) as minutes
 where u.email = %(student)s and a.due_at - make_interval(mins => minutes) > now()
