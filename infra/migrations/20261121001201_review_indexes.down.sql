-- transaction: none
drop index concurrently if exists reminder_review;
-- statement
drop index concurrently if exists study_session_review;
