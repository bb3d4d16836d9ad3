drop function rewrite_series, copy_item, change_series, own_occurrences, change_occurrence;
drop view shown_occurrence;
