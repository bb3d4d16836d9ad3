"""Steps between the API versions of courses."""

from datetime import UTC, datetime
from typing import Any, Literal

from functions.courses import related_changes
from functions.courses.models import (
    Code,
    Course,
    CoursePatch,
    CourseQuery,
    DeletedCourse,
    DeletionCounts,
    Description,
    FirstLecture,
    Location,
    NewCourse,
    Reminders,
)
from shared.versions import Change, Document, OnlyNewer, OnlyOlder, Rename, Replace

__all__ = ["related_changes"]

_PLANNING = ("color", "visibility", "status", "language", "exam_on", "term_id", "tags")


def _text(value: Any) -> Any:
    return "" if value is None else value


def _named(value: Any) -> Any:
    return value or None


class CourseNames(Change):
    """A course's `course_name` became `title`, `course_code` became `code` and `about_course`
    became `description`; the last two are empty text where they were null. New are `color`,
    `visibility`, `status`, `language`, `examOn`, `termId` and `tags`."""

    models = (Course, NewCourse, CoursePatch, DeletedCourse)
    edits = (
        Rename(newer="title", older="course_name"),
        Replace(
            newer="code",
            older="course_code",
            older_type=Code | None,
            upgrade=_text,
            downgrade=_named,
        ),
        Replace(
            newer="description",
            older="about_course",
            older_type=Description | None,
            upgrade=_text,
            downgrade=_named,
        ),
        *(OnlyNewer(name) for name in _PLANNING),
    )


class CoursesOfOthers(Change):
    """The list of courses can also show those of an organization, by `organizationId`, or with
    `enrolled` those that you take part in, or with `termId` those of a term."""

    models = (CourseQuery,)
    edits = tuple(
        OnlyNewer(name)
        for name in (
            "organization_id",
            "enrolled",
            "term_id",
            "include",
            "language",
            "tags",
            "exam_after",
            "exam_before",
        )
    )


def _count(kind: str) -> Any:
    def counted(document: Document) -> Any:
        return document.get("counts", {}).get(kind, 0)

    return counted


class CourseState(Change):
    """New is `locked`: the course is beyond the plan's limit and read-only. Courses can belong to
    an organization: `organizationId`, `ownerId` and the caller's `role` tell. In the trash,
    `deletionId` names the deletion and `purgeAt` says when the course goes for good."""

    models = (Course, NewCourse, DeletedCourse)
    edits = (
        *(OnlyNewer(name) for name in ("locked", "organization_id", "owner_id", "role")),
        OnlyNewer("deletion_id"),
        OnlyNewer("purge_at"),
    )


class CourseCountsAsFields(Change):
    """`assignments_count`, `lectures_count` and `study_sessions_count` became one object,
    `counts`."""

    models = (Course,)
    edits = (
        OnlyNewer("counts"),
        *(
            OnlyOlder(f"{kind}_count", int, downgrade=_count(kind))
            for kind in ("assignments", "lectures", "study_sessions")
        ),
    )


class DeletionOfContent(Change):
    """The preview of a course's deletion also counts what courses have besides study items:
    enrollments, share links, sections, lessons with the progress made in them, and flashcards."""

    models = (DeletionCounts,)
    edits = tuple(
        OnlyNewer(name)
        for name in DeletionCounts.model_fields
        if name not in ("assignments", "lectures", "study_sessions", "reminders")
    )


def _utc(value: Any) -> Any:
    """An instant of version 1 on a clock in UTC; what is none stays, for the model to refuse."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is None:
        return value
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    except OverflowError:
        return value


def _in_utc(document: Document, _: Any) -> None:
    document["timezone"] = "UTC"


class FirstLectureOnTheClock(Change):
    """The first lecture's `start` and `end`, instants, became `startLocal` and `endLocal` on the
    clock of `timezone`, so that a series keeps its hour when the clocks change (in version 1 it
    keeps its hour in UTC). `venue` became `location`, and the recurrence `bi-weekly` became
    `biweekly`. `title` and `durationMinutes` are new."""

    models = (FirstLecture,)
    edits = (
        *(OnlyNewer(name) for name in ("title", "duration_minutes", "timezone")),
        Replace(newer="start_local", older="start", older_type=str, upgrade=_utc),
        OnlyOlder("start", str, upgrade=_in_utc),  # the same field says two things
        Replace(newer="end_local", older="end", older_type=str | None, upgrade=_utc),
        Replace(newer="location", older="venue", older_type=Location | None, upgrade=_text),
        Replace(
            newer="recurrence",
            older="recurrence",
            older_type=Literal["none", "weekly", "bi-weekly"],
            upgrade=lambda text: "biweekly" if text == "bi-weekly" else text,
        ),
    )


def _to_lecture(document: Document, value: Any) -> None:
    if isinstance(document.get("first_lecture"), dict):
        document["first_lecture"] = {**document["first_lecture"], "reminders": value}


class FirstLectureInside(Change):
    """A new course's `lecture` became `firstLecture`, and `reminders` moved into it."""

    models = (NewCourse,)
    edits = (
        Rename(newer="first_lecture", older="lecture"),
        OnlyOlder("reminders", Reminders | None, upgrade=_to_lecture),
    )
