drop function contains_pattern;
drop index app_user_search;
drop index event_actor;
drop table admin_action;
