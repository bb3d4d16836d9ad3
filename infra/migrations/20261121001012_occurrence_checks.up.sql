-- Both were added without a look at what is there, which would have stopped all writers.
alter table lecture validate constraint lecture_dates;
alter table assignment validate constraint assignment_dates;
