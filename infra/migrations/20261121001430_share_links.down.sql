drop function open_share_link, share_link_failed, share_link_lock;
drop view active_share_link, deleted_share_link;
delete from retention_policy where table_name = 'share_link';
delete from deletion_policy where child_table = 'share_link';
delete from deletable where table_name = 'share_link';
drop table share_link;
