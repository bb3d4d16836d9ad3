drop function arrange_course, structure_version, content_permission, require_course,
    course_permission;
drop view deleted_progress_record, active_progress_record, deleted_lesson, active_lesson,
    deleted_section, active_section;
delete from retention_policy where table_name in ('section', 'lesson', 'progress_record');
delete from deletion_policy where child_table in ('section', 'lesson', 'progress_record');
delete from deletable where table_name in ('section', 'lesson', 'progress_record');
drop table progress_record;
drop table lesson;
drop table section;
drop procedure protect_record;
