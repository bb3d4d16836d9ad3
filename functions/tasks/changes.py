"""Steps between the API versions of tasks."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from functions.tasks import (
    count_changes,
    filter_changes,
    planner_changes,
    related_changes,
    reminder_changes,
    review_changes,
    statistics_changes,
    template_changes,
)
from functions.tasks.conversions import (
    all_occurrences,
    end_time,
    pattern_of_rule,
    recur,
    rule_of_pattern,
    set_duration,
    use_utc,
    wall_clock,
)
from functions.tasks.models import (
    Assignment,
    AssignmentPatch,
    Lecture,
    LecturePatch,
    NewAssignment,
    NewLecture,
    SubmissionMethod,
)
from functions.tasks.overview_models import Home, NextTask
from functions.tasks.study_session_models import (
    NewStudySession,
    StudySession,
    StudySessionPatch,
)
from functions.tasks.template_drafts import AssignmentDraft, LectureDraft, StudySessionDraft
from functions.tasks.trash_models import (
    DeletedThing,
    DeletedThingQuery,
    ItemReference,
    Operation,
    TrashItem,
)
from shared.versions import Change, OnlyNewer, OnlyOlder, Rename, Replace

__all__ = [
    "count_changes",
    "filter_changes",
    "planner_changes",
    "related_changes",
    "reminder_changes",
    "review_changes",
    "statistics_changes",
    "template_changes",
]

_DONE = ("submitted", "graded")


def _done(status: Any) -> bool:
    return status in _DONE


def _status(done: bool) -> str:
    return "submitted" if done else "todo"


class AssignmentStatus(Change):
    """An assignment's `completed` (true or false) became `status` with six values, `due_date`
    became `dueAt`, and `submission_link` became `submissionUrl`. Planning fields are new:
    `dueOn`, `timezone`, `startOn`, `estimatedMinutes`, `percentDone`, `points`, `score`, `weight`,
    `tags`, `checklist`, `parentId`, `source`, `late` and `missing`, and a series is possible:
    `recurrence`, `exdates`, `rdates`. `locked` says that it is beyond the plan's limit and
    read-only."""

    models = (Assignment, NewAssignment, AssignmentPatch, AssignmentDraft)
    edits = (
        Rename(newer="due_at", older="due_date"),
        Rename(newer="submission_url", older="submission_link"),
        Replace(
            newer="status", older="completed", older_type=bool, upgrade=_status, downgrade=_done
        ),
        Replace(
            newer="submission_method",
            older="submission_method",
            older_type=SubmissionMethod | None,
            upgrade=lambda method: method or "none",
            downgrade=lambda method: None if method == "none" else method,
        ),
        *(
            OnlyNewer(name)
            for name in (
                "due_on",
                "timezone",
                "start_on",
                "estimated_minutes",
                "percent_done",
                "points",
                "score",
                "weight",
                "tags",
                "checklist",
                "recurrence",
                "exdates",
                "rdates",
                "parent_id",
                "source",
                "late",
                "missing",
                "completed_at",
                "locked",
                "parent",
            )
        ),
    )


class LectureTimes(Change):
    """A lecture's `start_time` (a moment) became `startLocal`, a time on the wall clock of
    `timezone`, beside `startsAt`; `end_time` became `durationMinutes`. `lecture_date` and the list
    of `occurrences` are gone: `startsAt` and `recurrence` say the same. `locked` is new."""

    models = (Lecture,)
    edits = (
        OnlyNewer("locked"),
        OnlyNewer("start_local"),
        OnlyNewer("timezone"),
        OnlyNewer("duration_minutes"),
        OnlyOlder("end_time", datetime, downgrade=end_time),
        OnlyOlder("lecture_date", datetime, downgrade=lambda document: document["starts_at"]),
        OnlyOlder("occurrences", list[datetime], downgrade=all_occurrences),
        Rename(newer="starts_at", older="start_time"),
    )


class LectureTimesOfRequests(Change):
    """In requests too, a lecture's `start_time` became `startLocal` with `timezone`, and
    `end_time` became `durationMinutes`."""

    models = (NewLecture, LecturePatch)
    edits = (
        OnlyNewer("timezone"),
        Replace(newer="start_local", older="start_time", older_type=str, upgrade=wall_clock),
        Replace(newer="duration_minutes", older="end_time", older_type=str | None),
        OnlyOlder("start_time", str, upgrade=use_utc),
        OnlyOlder("end_time", str | None, upgrade=set_duration),
    )


class LectureNames(Change):
    """A lecture's `lecture_name` (at most 35 characters) became `title` (at most 200), `venue`
    became `location`. `is_recurring` and `recurring_pattern` became `recurrence`, an RFC 5545
    rule, with `rdates`, `exdates` and `skipsBreaks`. `kind`, `meetingUrl` and `instructorName` are
    new."""

    models = (Lecture, NewLecture, LecturePatch, LectureDraft)
    edits = (
        Replace(
            newer="title",
            older="lecture_name",
            older_type=Annotated[str, Field(min_length=1, max_length=35)],
        ),
        Rename(newer="location", older="venue"),
        Replace(
            newer="recurrence",
            older="recurring_pattern",
            older_type=str | None,
            upgrade=rule_of_pattern,
            downgrade=pattern_of_rule,
        ),
        OnlyOlder(
            "is_recurring",
            bool,
            downgrade=lambda document: document.get("recurrence") is not None,
            upgrade=recur,
        ),
        OnlyNewer("exdates"),
        OnlyNewer("rdates"),
        OnlyNewer("skips_breaks"),
        OnlyNewer("kind"),
        OnlyNewer("meeting_url"),
        OnlyNewer("instructor_name"),
    )


class StudySessionNames(Change):
    """A study session's `session_date` became `startsAt`, `has_spaced_repetition` became
    `spacedRepetition`, `confidence_level` and `difficulty_rating` became `confidence` and
    `difficulty`, and `time_spent_minutes` became `focusSeconds`. What its clock and plan say is
    new: `endsAt`, `startedAt`, `endedAt`, `pauses`, `status`, `technique`, `assignmentId`,
    `reviewDueAt`, `locked`."""

    models = (StudySession, NewStudySession, StudySessionPatch, StudySessionDraft)
    edits = (
        Rename(newer="starts_at", older="session_date"),
        Rename(newer="spaced_repetition", older="has_spaced_repetition"),
        Rename(newer="confidence", older="confidence_level"),
        Rename(newer="difficulty", older="difficulty_rating"),
        Replace(
            newer="focus_seconds",
            older="time_spent_minutes",
            older_type=int,
            upgrade=lambda minutes: minutes * 60,
            downgrade=lambda seconds: seconds // 60,
        ),
        *(
            OnlyNewer(name)
            for name in (
                "ends_at",
                "started_at",
                "ended_at",
                "pauses",
                "status",
                "technique",
                "assignment_id",
                "review_due_at",
                "locked",
                "assignment",
            )
        ),
    )


class KindsOfItems(Change):
    """In the trash and in batches, an item's `type` became `kind`."""

    models = (TrashItem, DeletedThing, DeletedThingQuery, ItemReference, Operation)
    edits = (Rename(newer="kind", older="type"),)


class NextUpcomingTask(Change):
    """The home screen's next task says `kind` instead of `type`, and which occurrence of a series
    it is: `recurrenceId`."""

    models = (NextTask,)
    edits = (Rename(newer="kind", older="type"), OnlyNewer("recurrence_id"))


class HomeScreen(Change):
    """The home screen's `next_upcoming_task` became `nextTask`, `today_overview` became `today`,
    and `monthly_task_count` became `month`, which also tells the plan's limit."""

    models = (Home,)
    edits = (
        Rename(newer="next_task", older="next_upcoming_task"),
        Rename(newer="today", older="today_overview"),
        Replace(
            newer="month",
            older="monthly_task_count",
            older_type=int,
            downgrade=lambda month: month["used"],
        ),
    )
