"""Steps between the API versions of what `include=` shows beside courses."""

from datetime import datetime, timedelta

from functions.courses.models import Course, CourseRead
from functions.courses.related_models import CourseAssignment, CourseLecture
from shared.versions import Change, Document, OnlyNewer, OnlyOlder, Rename, Replace

# The predecessor's words for rules that it could make; another rule is told as it is.
_PATTERNS = {
    "FREQ=DAILY;COUNT=16": "daily",
    "FREQ=WEEKLY;COUNT=16": "weekly",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=16": "biweekly",
}


class CourseWithItems(Change):
    """One course always came with its `assignments` and `lectures`. Now it does with
    `include=assignments,lectures`, and it may come with `studySessions`, `sections` and `lessons`
    as well."""

    models = (CourseRead,)
    edits = (OnlyNewer("include", means="assignments,lectures"),)


class CourseContent(Change):
    """New beside a course are its `studySessions`, `sections` and `lessons`."""

    models = (Course,)
    edits = (OnlyNewer("study_sessions"), OnlyNewer("sections"), OnlyNewer("lessons"))


class AssignmentsOfCourses(Change):
    """Of the assignments of a course, `completed` (true or false) became `status` with six values,
    `due_date` became `dueAt`, and `submission_link` became `submissionUrl`."""

    models = (CourseAssignment,)
    edits = (
        Rename(newer="due_at", older="due_date"),
        Rename(newer="submission_url", older="submission_link"),
        Replace(
            newer="status",
            older="completed",
            older_type=bool,
            downgrade=lambda status: status in ("submitted", "graded"),
        ),
        Replace(
            newer="submission_method",
            older="submission_method",
            older_type=str | None,
            downgrade=lambda method: None if method == "none" else method,
        ),
    )


def _end(lecture: Document) -> datetime:
    return lecture["starts_at"] + timedelta(minutes=lecture["duration_minutes"])


class LecturesOfCourses(Change):
    """Of the lectures of a course, `lecture_name` became `title`, `venue` became `location`,
    `start_time` (also as `lecture_date`) became `startsAt`, `end_time` became `durationMinutes`,
    `is_recurring` and `recurring_pattern` became `recurrence`. `kind` is new."""

    models = (CourseLecture,)
    edits = (
        Rename(newer="title", older="lecture_name"),
        Rename(newer="location", older="venue"),
        Rename(newer="starts_at", older="start_time"),
        Replace(
            newer="recurrence",
            older="recurring_pattern",
            older_type=str | None,
            downgrade=lambda rule: _PATTERNS.get(rule, rule),
        ),
        OnlyOlder("end_time", datetime, downgrade=_end),
        OnlyOlder("lecture_date", datetime, downgrade=lambda lecture: lecture["starts_at"]),
        OnlyOlder(
            "is_recurring", bool, downgrade=lambda lecture: lecture["recurrence"] is not None
        ),
        OnlyNewer("duration_minutes"),
        OnlyNewer("kind"),
    )
