drop function open_calendar_feed, courses_are_open;
drop view active_calendar_feed, deleted_calendar_feed;
delete from retention_policy where table_name = 'calendar_feed';
delete from deletable where table_name = 'calendar_feed';
drop table calendar_feed;
