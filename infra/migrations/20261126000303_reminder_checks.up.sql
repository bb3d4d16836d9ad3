-- They were added without a look at what is there, which would have stopped all writers.
alter table reminder validate constraint reminder_response;
alter table reminder validate constraint reminder_reason;
alter table reminder validate constraint reminder_purpose_check;
