drop function require_part, purge_part, purge_parts, restore_part, restore_parts, part_has_parents,
    count_parts, parts_of, parts_below, delete_part;
