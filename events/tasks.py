"""Facts about what students plan."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shared.facts import Event

Kind = Literal["assignment", "lecture", "study_session"]
CancellationReason = Literal[
    "changed", "done", "dismissed", "not_needed", "rescheduled", "task_completed", "other"
]


class AssignmentCreated(Event, type="assignment.created"):
    """An assignment was planned."""

    assignment_id: UUID
    course_id: UUID | None
    due_at: datetime


class AssignmentUpdated(Event, type="assignment.updated"):
    """Fields of an assignment changed."""

    assignment_id: UUID
    course_id: UUID | None
    changed: list[str]


class AssignmentDeleted(Event, type="assignment.deleted"):
    """An assignment went to the trash, with what hangs on it."""

    assignment_id: UUID
    deletion_id: UUID


class AssignmentRestored(Event, type="assignment.restored"):
    """An assignment came back from the trash."""

    assignment_id: UUID
    deletion_id: UUID


class AssignmentPurged(Event, type="assignment.purged"):
    """An assignment was removed for good."""

    assignment_id: UUID


class AssignmentCompleted(Event, type="assignment.completed", version=2):
    """An assignment was done. `timezone` is the user's at that time: it decides the day. Version 1
    did not tell it, nor whether it was late."""

    assignment_id: UUID
    course_id: UUID | None
    completed_at: datetime
    timezone: str = "UTC"
    late: bool = False

    @classmethod
    def upcast(
        cls,
        version: int,  # noqa: ARG003 (version 1 lacks only what has a default)
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Days of version 1 are those of UTC."""
        return data


class AssignmentReopened(Event, type="assignment.reopened"):
    """A done assignment is to be done again."""

    assignment_id: UUID
    course_id: UUID | None


class LectureCreated(Event, type="lecture.created"):
    """A lecture (or a series of them) was planned."""

    lecture_id: UUID
    course_id: UUID
    starts_at: datetime


class LectureUpdated(Event, type="lecture.updated"):
    """Fields of a lecture changed."""

    lecture_id: UUID
    course_id: UUID
    changed: list[str]


class LectureDeleted(Event, type="lecture.deleted"):
    """A lecture went to the trash."""

    lecture_id: UUID
    deletion_id: UUID


class LectureRestored(Event, type="lecture.restored"):
    """A lecture came back from the trash."""

    lecture_id: UUID
    deletion_id: UUID


class LecturePurged(Event, type="lecture.purged"):
    """A lecture was removed for good."""

    lecture_id: UUID


class OccurrenceUpdated(Event, type="occurrence.updated"):
    """One time of a series was moved, cancelled, done, attended, or changed otherwise."""

    occurrence_id: UUID
    kind: Literal["assignment", "lecture"]
    item_id: UUID
    status: Literal["planned", "cancelled", "done", "attended"]
    changed: list[str]


class StudySessionCreated(Event, type="study_session.created"):
    """A study session was planned."""

    study_session_id: UUID
    course_id: UUID | None
    starts_at: datetime


class StudySessionUpdated(Event, type="study_session.updated"):
    """Fields of a study session changed."""

    study_session_id: UUID
    course_id: UUID | None
    changed: list[str]


class StudySessionDeleted(Event, type="study_session.deleted"):
    """A study session went to the trash."""

    study_session_id: UUID
    deletion_id: UUID


class StudySessionRestored(Event, type="study_session.restored"):
    """A study session came back from the trash."""

    study_session_id: UUID
    deletion_id: UUID


class StudySessionPurged(Event, type="study_session.purged"):
    """A study session was removed for good."""

    study_session_id: UUID


class StudySessionStarted(Event, type="study_session.started"):
    """A study session began."""

    study_session_id: UUID


class StudySessionFinished(Event, type="study_session.finished", version=2):
    """A study session ended. `timezone` is the user's at that time: it decides the day. Version 1
    told no more than its focus."""

    study_session_id: UUID
    course_id: UUID | None
    focus_seconds: int
    finished_at: datetime
    started_at: datetime | None = None
    timezone: str = "UTC"
    pauses: int = 0
    technique: Literal["pomodoro", "free", "flashcards"] = "free"
    confidence: int | None = None
    difficulty: int | None = None

    @classmethod
    def upcast(
        cls,
        version: int,  # noqa: ARG003 (version 1 lacks only what has a default)
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Days of version 1 are those of UTC, and its sessions began when they ended."""
        return data


class StudySessionReviewed(Event, type="study_session.reviewed"):
    """The topic of a study session was recalled. `ease` is SM-2's E-Factor in hundredths;
    `timezone` is the user's at that time: it decides the day."""

    study_session_id: UUID
    course_id: UUID | None
    session_review_id: UUID
    quality: int
    crammed: bool
    ease: int
    interval_days: int
    due_at: datetime
    reviewed_at: datetime
    timezone: str


class DependencyCreated(Event, type="dependency.created"):
    """An item depends on another one from now on."""

    dependency_id: UUID
    dependency_type: Literal["blocking", "suggested", "parallel"]
    kind: Kind
    item_id: UUID
    on_kind: Kind
    on_id: UUID


class DependencyDeleted(Event, type="dependency.deleted"):
    """A dependency of an item was taken back."""

    dependency_id: UUID
    kind: Kind
    item_id: UUID


class ReminderScheduled(Event, type="reminder.scheduled", version=2):
    """Somebody will be reminded of an item, or of recalling its topic (a review): once for each
    change of an item, whatever the number of reminders (`count`) that it makes. `reminder_id` is
    the first to come, at `remind_at`, and `last_at` is when the last comes. Version 1 told each."""

    reminder_id: UUID
    item_id: UUID
    kind: Kind
    review: bool
    remind_at: datetime
    count: int = 1
    last_at: datetime | None = None

    @classmethod
    def upcast(
        cls,
        version: int,  # noqa: ARG003 (version 1 lacks only what has a default)
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """One of version 1 is one reminder."""
        return data


class ReminderCancelled(Event, type="reminder.cancelled", version=2):
    """Reminders of an item are not needed any more: once for each change of it. `reminder_id` is
    the one that would have come first. Version 1 told each, and no `reason`: the item has changed,
    is done, or a person said so."""

    reminder_id: UUID
    item_id: UUID
    kind: Kind
    review: bool
    count: int = 1
    reason: CancellationReason = "changed"

    @classmethod
    def upcast(
        cls,
        version: int,  # noqa: ARG003 (version 1 lacks only what has a default)
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """One of version 1 is one reminder."""
        return data


def reminder_facts(changes: Iterable[dict[str, Any]]) -> Iterator[tuple[Event, UUID]]:
    """What the SQL function `told_reminders` says, as facts, each with whom it is about."""
    for change in changes:
        user_id = UUID(change["user_id"])
        known = {name: change[name] for name in ("kind", "item_id", "review")}
        if change.get("cancelled"):
            gone = {"reminder_id": change["cancelled_id"], "count": change["cancelled"]}
            fact = {**known, **gone, "reason": change["reason"]}
            yield ReminderCancelled.of(fact), user_id
        if change.get("scheduled"):
            made = {"reminder_id": change["scheduled_id"], "count": change["scheduled"]}
            times = {name: change[name] for name in ("remind_at", "last_at")}
            fact = {**known, **made, **times}
            yield ReminderScheduled.of(fact), user_id


class StreakUpdated(Event, type="streak.updated"):
    """A user's streak moved. The entity is the user's streak."""

    streak_id: UUID
    current_days: int
    longest_days: int


class VacationDeclared(Event, type="vacation.declared"):
    """Days on which a streak holds by itself were declared, both included."""

    vacation_id: UUID
    starts_on: date
    ends_on: date


class VacationWithdrawn(Event, type="vacation.withdrawn"):
    """A vacation was taken back: all of it, or what comes after `ends_on`."""

    vacation_id: UUID
    ends_on: date | None


class RestDaysChanged(Event, type="rest_days.changed"):
    """Somebody rests on other weekdays (1 is Monday) from today on. The entity is the user's."""

    rest_days_id: UUID
    weekdays: list[int]


class TermCreated(Event, type="term.created"):
    """A term was planned."""

    term_id: UUID
    starts_on: date
    ends_on: date


class TermUpdated(Event, type="term.updated"):
    """Fields of a term changed."""

    term_id: UUID
    changed: list[str]


class TermDeleted(Event, type="term.deleted"):
    """A term was deleted; its breaks suppress nothing any more."""

    term_id: UUID
    deletion_id: UUID


class TermRestored(Event, type="term.restored"):
    """The deletion of a term was taken back."""

    term_id: UUID
    deletion_id: UUID


class TermPurged(Event, type="term.purged"):
    """A term was removed for good."""

    term_id: UUID


class CourseItemsFollowed(Event, type="course_items.followed"):
    """The items of a course went to the trash with it, or came back. The entity is the course."""

    course_items_id: UUID
    deletion_id: UUID
