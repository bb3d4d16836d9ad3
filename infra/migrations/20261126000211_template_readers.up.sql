-- What is public is for everybody who has been admitted: without a caller nothing is seen.
drop policy template_campus_app_read on template;
call protect_as('template', 'read', 'select',
    'user_id = @user or visibility = ''public'' and deleted_at is null and @user is not null
     or id = any((select shared_template_ids(''view''))::uuid[])');
