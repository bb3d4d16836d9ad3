-- transaction: none
-- What the nightly extension looks for.
create index concurrently if not exists lecture_expansion on lecture
    (coalesce(expanded_until, '-infinity')) where deleted_at is null;
-- statement
create index concurrently if not exists assignment_expansion on assignment
    (coalesce(expanded_until, '-infinity'))
    where deleted_at is null and (recurrence is not null or rdates <> '{}');
