-- A constraint cannot be made unsure again, and need not: 20261126000500 drops its column.
select 1;
