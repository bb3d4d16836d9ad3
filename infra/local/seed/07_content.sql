-- What the first course consists of, and how far the student has got in it.
-- name: demo_sections
insert into section (id, user_id, course_id, title, position)
select uuid7(), c.user_id, c.id, s.title, s.position
  from app_user as u join course as c on c.user_id = u.id and c.code = 'MA1201'
 cross join (values (1, 'Vector spaces'), (2, 'Linear maps'), (3, 'Eigenvalues'))
       as s (position, title)
 where u.email = %(student)s

-- name: demo_lessons
insert into lesson (id, user_id, course_id, section_id, title, lesson_type, content,
                    duration_minutes, position)
select uuid7(), s.user_id, s.course_id, s.id, l.title, l.kind, l.content, l.minutes, l.place
  from app_user as u
  join course as c on c.user_id = u.id and c.code = 'MA1201'
  join section as s on s.course_id = c.id and s.deleted_at is null
  join (values
       (1, 1, 'Subspaces', 'text', 'A subspace holds zero and is closed under both operations.', 20),
       (1, 2, 'Bases and dimension', 'video', 'Every basis of a space has the same length.', 35),
       (1, 3, 'Check yourself', 'quiz', 'Five questions about bases.', 10),
       (2, 1, 'Kernel and image', 'text', 'Their dimensions add up to that of the domain.', 25),
       (2, 2, 'Matrices of maps', 'interactive', 'Choose two bases and watch the matrix.', 30),
       (3, 1, 'The characteristic polynomial', 'text', 'Its roots are the eigenvalues.', 30)
       ) as l (section, place, title, kind, content, minutes) on l.section = s.position
 where u.email = %(student)s

-- name: demo_lesson_progress
insert into progress_record (id, user_id, owner_id, course_id, lesson_id, percent_done,
                             seconds_spent, completed_at, created_at, updated_at)
select uuid7(), l.user_id, l.user_id, l.course_id, l.id,
       case when l.position < 3 then 100 else 40 end, l.duration_minutes * 70,
       case when l.position < 3 then %(today)s::date - 20 + l.position end,
       %(today)s::date - 25, %(today)s::date - 20 + l.position
  from app_user as u
  join course as c on c.user_id = u.id and c.code = 'MA1201'
  join section as s on s.course_id = c.id and s.position = 1 and s.deleted_at is null
  join lesson as l on l.section_id = s.id and l.deleted_at is null
 where u.email = %(student)s

-- name: demo_deck
insert into flashcard_deck (id, user_id, course_id, title, description)
select uuid7(), u.id, c.id, 'Definitions', 'What has to be known by heart for the exam.'
  from app_user as u join course as c on c.user_id = u.id and c.code = 'MA1201'
 where u.email = %(student)s

-- New ones, all due.
-- name: demo_cards
insert into flashcard (id, user_id, deck_id, front, back)
select uuid7(), d.user_id, d.id, k.front, k.back
  from app_user as u join flashcard_deck as d on d.user_id = u.id and d.deleted_at is null
 cross join (values
       ('Basis', 'A linearly independent generating set.'),
       ('Rank', 'The dimension of the image.'),
       ('Kernel', 'All vectors that the map takes to zero.'),
       ('Eigenvector', 'A vector, not zero, that the map only stretches.'),
       ('Determinant', 'The factor by which the map scales volumes, with a sign.'),
       ('Trace', 'The sum of the diagonal; the sum of the eigenvalues.')) as k (front, back)
 where u.email = %(student)s
