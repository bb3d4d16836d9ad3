-- transaction: none
-- Whose reviews a course's exam is a deadline for: sessions of many owners, by course.
create index concurrently if not exists study_session_recalled on study_session (course_id)
    where deleted_at is null and review_due_at is not null;
