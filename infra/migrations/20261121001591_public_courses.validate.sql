-- Each row is a fault; none means the migration holds.
select 'the application writes the catalogue' as fault
 where has_table_privilege('campus_app', 'public_course', 'insert, update, delete');
