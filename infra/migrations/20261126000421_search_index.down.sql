-- transaction: none
drop index concurrently if exists public_course_words;
