"""Assignments, lectures and study sessions, their reminders, trash, streak and home screen."""
