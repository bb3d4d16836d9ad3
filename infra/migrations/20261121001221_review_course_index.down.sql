-- transaction: none
drop index concurrently if exists study_session_recalled;
