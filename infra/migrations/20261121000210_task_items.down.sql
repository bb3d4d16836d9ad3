drop function purge_task_item, restore_task_deletion, delete_task_item, forget_quick_creations,
    parent_is_open, task_permission, task_allowance, lecture_occurrences;
drop view task_item;
