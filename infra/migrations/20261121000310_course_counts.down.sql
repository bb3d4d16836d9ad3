drop view course_item_count;
