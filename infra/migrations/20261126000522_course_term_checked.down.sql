-- A constraint cannot be made unsure again, and need not: 20261126000520 drops its column.
select 1;
