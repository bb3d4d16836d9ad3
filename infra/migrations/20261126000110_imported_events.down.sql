drop function import_calendar, import_item_row, import_changed_item, import_new_item;
drop view active_imported_event, deleted_imported_event;
delete from retention_policy where table_name = 'imported_event';
delete from deletion_policy where child_table = 'imported_event';
delete from deletable where table_name = 'imported_event';
drop table imported_event;
