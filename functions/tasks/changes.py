"""Steps between the API versions of tasks."""

from typing import Any

from functions.tasks.models import (
    Assignment,
    AssignmentPatch,
    AssignmentQuery,
    NewAssignment,
)
from shared.versions import Change, OnlyNewer, Rename, Replace

_DONE = ("submitted", "graded")


def _done(status: Any) -> bool:
    return status in _DONE


def _status(done: bool) -> str:
    return "submitted" if done else "todo"


class AssignmentStatus(Change):
    """An assignment's `completed` (true or false) became `status` with six values, `due_date`
    became `dueAt`, and `submission_link` became `submissionUrl`. Planning fields are new:
    `dueOn`, `timezone`, `startOn`, `estimatedMinutes`, `percentDone`, `points`, `score`, `weight`,
    `tags`, `checklist`, `parentId`, `source`, `late` and `missing`."""

    models = (Assignment, NewAssignment, AssignmentPatch)
    edits = (
        Rename(newer="due_at", older="due_date"),
        Rename(newer="submission_url", older="submission_link"),
        Replace(
            newer="status", older="completed", older_type=bool, upgrade=_status, downgrade=_done
        ),
        Replace(
            newer="submission_method",
            older="submission_method",
            older_type=str | None,
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
                "parent_id",
                "source",
                "late",
                "missing",
                "completed_at",
            )
        ),
    )


class AssignmentFilters(Change):
    """The list of assignments filtered by `completed`, `due_after` and `due_before`; it filters
    by `status`, `dueAfter` and `dueBefore`."""

    models = (AssignmentQuery,)
    edits = (
        Replace(
            newer="status",
            older="completed",
            older_type=str,
            upgrade=lambda text: {
                "true": "submitted,graded",
                "false": "todo,in_progress,excused,dropped",
            }.get(text, text),
            downgrade=lambda _: None,
        ),
        OnlyNewer("priority"),
    )
