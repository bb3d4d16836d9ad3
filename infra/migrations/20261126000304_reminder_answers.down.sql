drop function add_reminder, respond_to_reminder;
