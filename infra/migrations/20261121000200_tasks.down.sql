drop view deleted_study_session, active_study_session, deleted_lecture, active_lecture,
    deleted_assignment, active_assignment;
delete from deletion_policy where child_table in ('assignment', 'study_session', 'reminder');
delete from deletable where table_name in ('assignment', 'lecture', 'study_session', 'reminder');
drop table streak, task_creation, reminder, study_session, lecture, assignment;
