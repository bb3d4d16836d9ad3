-- It was added without a look at what is there, which would have stopped all writers.
alter table course validate constraint course_term;
