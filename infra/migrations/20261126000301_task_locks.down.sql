drop function task_is_locked, task_lock_line;
