-- The term began on the Monday six weeks before this one; exams follow in its weeks 15 and 16.
-- name: demo_courses
insert into course (id, user_id, title, code, description, color, exam_on, tags, created_at,
                    updated_at)
select uuid7(), u.id, c.title, c.code, c.description, c.color,
       date_trunc('week', %(today)s::date)::date - 42 + c.exam_day, c.tags,
       %(today)s::date - 50 + c.position * interval '1 hour',
       %(today)s::date - 50 + c.position * interval '1 hour'
  from app_user as u
 cross join (values
       (1, 'Linear Algebra', 'MA1201',
        'Vector spaces, linear maps, determinants, eigenvalues. Sheets count for admission.',
        '#3566c9', 105, '{maths,"2 x 90 min"}'::text[]),
       (2, 'Algorithms and Data Structures', 'CS1203',
        'From sorting to shortest paths, with proofs and running times. Five programming tasks.',
        '#c94f35', 108, '{"computer science",exam}'::text[]),
       (3, 'Databases', 'CS2104',
        'Relational design, SQL, transactions, indexes. A project in teams of three.',
        '#2f8f5b', 111, '{"computer science",project}'::text[]),
       (4, 'Academic Writing', 'EN1102',
        'Reading papers, arguing, citing, revising. Graded by the final paper, no exam.',
        '#8a5bb5', null, '{language}'::text[])
       ) as c (position, title, code, description, color, exam_day, tags)
 where u.email = %(student)s
