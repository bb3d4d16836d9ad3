-- A constraint cannot be made unsure again, and need not: 20261121001010 drops its columns.
select 1;
