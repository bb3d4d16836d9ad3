drop view course_study_session;
drop view course_lecture;
drop view course_assignment;
drop view course_brief;
