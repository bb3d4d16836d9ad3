"""Rules that span statements: the plan's limits, and default reminders."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import Refusal
from shared.request import Request

NEW_ITEMS = {"free": 15, "premium": 70}
REMINDERS = {"free": 3, "premium": 10}
DEFAULT_REMINDERS = {"assignment": [30], "lecture": [30], "study_session": [15]}


def item_limit(request: Request) -> int | None:
    """How many new items in 30 days the caller's plan allows; None without a limit."""
    return None if request.is_admin else NEW_ITEMS[request.tier]


def reminders(request: Request, kind: str, wanted: Sequence[int] | None) -> list[int]:
    """The reminders of an item: the kind's default when none are named, `[]` for none."""
    offsets = sorted(set(DEFAULT_REMINDERS[kind] if wanted is None else wanted))
    limit = REMINDERS[request.tier]
    if len(offsets) > limit and not request.is_admin:
        raise Refusal(
            "VALIDATION_ERROR",
            f"The plan allows {limit} reminders an item.",
            details={
                "errors": [
                    {"field": "reminders", "code": "too_many", "message": f"at most {limit}"}
                ],
                "limit": limit,
            },
        )
    return offsets


def check_created(request: Request, row: Mapping[str, Any]) -> None:
    """Refuse what the create statement refused: the plan's limit, or a course that is not open."""
    if not row["within_limit"]:
        raise Refusal(
            "TASK_LIMIT_EXCEEDED",
            details={
                "limit": item_limit(request),
                "used": row["used"],
                "resetsAt": row["resets_at"],
            },
        )
    if not row["course_open"]:
        raise Refusal("NOT_FOUND", "There is no such course.")
