drop function settle_invitation_mail, claim_invitation_mails, accept_invitation;
drop view active_invitation, deleted_invitation;
delete from retention_policy where table_name = 'invitation';
delete from deletion_policy where child_table = 'invitation';
delete from deletable where table_name = 'invitation';
drop table invitation;
