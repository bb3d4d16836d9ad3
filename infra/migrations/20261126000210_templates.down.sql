drop view active_template, deleted_template, active_template_share, deleted_template_share,
    active_template_rating, deleted_template_rating;
delete from retention_policy where name = 'trash' and table_name like 'template%';
delete from deletion_policy where child_table like 'template%';
delete from deletable where table_name like 'template%';
drop table template_rating;
drop policy template_campus_app_read on template;
drop policy template_campus_app_change on template;
drop function person_is_active, follow_template_ratings, template_role, shared_template_ids;
drop table template_share;
drop table template;
