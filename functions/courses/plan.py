"""What the caller's plan allows."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import Refusal
from shared.plans import check_reminders, plan_of
from shared.request import Request


def course_limit(request: Request) -> int | None:
    """How many live courses the caller may have; None without a limit."""
    return plan_of(request).live_courses


def item_limit(request: Request) -> int | None:
    """How many new study items in 30 days the caller may make; None without a limit."""
    return plan_of(request).new_tasks_in_30_days


def reminders(request: Request, wanted: Sequence[int] | None) -> list[int]:
    """The first lecture's reminders: one of 30 minutes when none are named, `[]` for none."""
    offsets = sorted({30} if wanted is None else set(wanted))
    check_reminders(request, offsets)
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
