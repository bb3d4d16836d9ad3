drop function purge_course_items, end_enrollments;
