drop function settle_reminder, claim_due_reminders, follow_course, delete_course_items,
    course_items, add_first_lecture;
