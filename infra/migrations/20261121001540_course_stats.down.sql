drop function course_statistics, refresh_course_stats;
drop materialized view course_stats;
drop table course_stats_refresh;
