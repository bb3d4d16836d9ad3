drop table subscription;
drop table subscription_fact;
drop table inbound_event;
