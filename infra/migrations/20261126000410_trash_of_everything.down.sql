drop view deleted_thing;
