-- A constraint cannot be made unsure again, and need not: 20261126000302 takes them back.
select 1;
