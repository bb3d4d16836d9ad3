drop function contains_pattern;
drop index app_user_search, app_user_role, app_user_tier;
drop index event_actor;
drop table admin_action;
