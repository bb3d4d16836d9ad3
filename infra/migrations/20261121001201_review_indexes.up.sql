-- transaction: none
-- What is due for review, and what counts against the allowance of review reminders.
create index concurrently if not exists study_session_review on study_session
    (user_id, review_due_at, id) where deleted_at is null and review_due_at is not null;
-- statement
create index concurrently if not exists reminder_review on reminder (user_id, created_at)
    where purpose = 'review';
