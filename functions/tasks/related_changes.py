"""Steps between the API versions of what `include=` shows beside items."""

from typing import Literal

from functions.tasks.models import (
    Assignment,
    AssignmentQuery,
    AssignmentRead,
    ItemCourse,
    Lecture,
)
from functions.tasks.study_session_models import StudySession, StudySessionQuery, StudySessionRead
from shared.versions import Change, OnlyNewer, Rename, Replace


class RelatedOfItems(Change):
    """With `include`, assignments and study sessions come with more than their course: with
    `parent`, or with `assignment`."""

    models = (AssignmentQuery, AssignmentRead, StudySessionQuery, StudySessionRead)
    edits = (Replace(newer="include", older="include", older_type=Literal["course"]),)


class CourseOfItems(Change):
    """With `include=course`, an item's `courses` became `course`."""

    models = (Assignment, Lecture, StudySession)
    edits = (Rename(newer="course", older="courses"),)


class CourseOfItemNames(Change):
    """The `course_name` and `course_code` (or null) of an item's course became `title` and `code`
    (or empty); `color` and `status` are new."""

    models = (ItemCourse,)
    edits = (
        Rename(newer="title", older="course_name"),
        Replace(
            newer="code",
            older="course_code",
            older_type=str | None,
            downgrade=lambda code: code or None,
        ),
        OnlyNewer("color"),
        OnlyNewer("status"),
    )
