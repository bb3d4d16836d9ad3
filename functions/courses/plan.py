"""What the caller's plan allows."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import Refusal
from shared.request import Request

LIVE_COURSES = {"free": 2, "premium": 10}
NEW_ITEMS = {"free": 15, "premium": 70}
REMINDERS = {"free": 3, "premium": 10}
TRASH_HOURS = {"free": 48, "premium": 120}


def course_limit(request: Request) -> int | None:
    """How many live courses the caller may have; None without a limit."""
    return None if request.is_admin else LIVE_COURSES[request.tier]


def item_limit(request: Request) -> int | None:
    """How many new study items in 30 days the caller may make; None without a limit."""
    return None if request.is_admin else NEW_ITEMS[request.tier]


def reminders(request: Request, wanted: Sequence[int] | None) -> list[int]:
    """The first lecture's reminders: one of 30 minutes when none are named, `[]` for none."""
    offsets = sorted({30} if wanted is None else set(wanted))
    limit = REMINDERS[request.tier]
    if len(offsets) > limit and not request.is_admin:
        raise Refusal(
            "VALIDATION_ERROR",
            f"The plan allows {limit} reminders an item.",
            details={
                "errors": [
                    {
                        "path": ("first_lecture", "reminders"),
                        "code": "too_many",
                        "message": f"at most {limit}",
                    }
                ],
                "limit": limit,
            },
        )
    return offsets


def check_courses(request: Request, row: Mapping[str, Any]) -> None:
    """Refuse when the statement found no room for one more live course."""
    if not row["within_limit"]:
        raise Refusal(
            "COURSE_LIMIT_EXCEEDED",
            details={"limit": course_limit(request), "used": row["used"]},
        )


def check_items(request: Request, row: Mapping[str, Any]) -> None:
    """Refuse when the statement found no room for the first lecture."""
    if not row["within_item_limit"]:
        raise Refusal(
            "TASK_LIMIT_EXCEEDED",
            details={
                "limit": item_limit(request),
                "used": row["items_used"],
                "resetsAt": row["resets_at"],
            },
        )
