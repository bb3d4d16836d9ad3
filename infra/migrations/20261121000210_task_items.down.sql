drop function purge_task_item, restore_task_deletion, delete_task_item, parent_is_open,
    task_permission, task_allowance, lecture_occurrences;
drop view task_item;
