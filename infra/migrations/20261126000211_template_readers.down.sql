drop policy template_campus_app_read on template;
call protect_as('template', 'read', 'select',
    'user_id = @user or visibility = ''public'' and deleted_at is null
     or id = any((select shared_template_ids(''view''))::uuid[])');
