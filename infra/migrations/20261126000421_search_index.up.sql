-- transaction: none
-- The words of the catalogue, without their accents.
create index concurrently if not exists public_course_words on public_course
    using gin (to_tsvector('simple', folded(title || ' ' || code || ' ' || description)));
