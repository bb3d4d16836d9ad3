"""What each tier allows: one table. Platform admins have no limits."""

from typing import NamedTuple

from shared.errors import Refusal
from shared.request import Request


class Plan(NamedTuple):
    """Limits of one tier; None is no limit."""

    tier: str
    new_tasks_in_30_days: int | None
    live_courses: int | None
    reminders_per_item: int | None
    review_reminders_in_30_days: int | None
    review_intervals_days: tuple[int, ...]
    trash_hours: int
    job_priority: str


PLANS = {
    "free": Plan("free", 15, 2, 3, 15, (1, 3, 7), 48, "low"),
    "premium": Plan("premium", 70, 10, 10, 70, (1, 3, 7, 14, 30, 60, 120, 180), 120, "normal"),
}


def plan_of(request: Request) -> Plan:
    """What the caller's plan allows."""
    plan = PLANS[request.tier]
    if not request.is_admin:
        return plan
    return plan._replace(
        new_tasks_in_30_days=None,
        live_courses=None,
        reminders_per_item=None,
        review_reminders_in_30_days=None,
    )


def check_reminders(request: Request, offsets: list[int]) -> None:
    """Refuse more reminders than an item may have."""
    limit = plan_of(request).reminders_per_item
    if limit is not None and len(offsets) > limit:
        raise too_many_reminders(limit, len(offsets))


def too_many_reminders(limit: int, used: int) -> Refusal:
    """The refusal of more reminders than an item may have; no time brings room for more."""
    return Refusal(
        "TASK_LIMIT_EXCEEDED",
        f"The plan allows {limit} reminders an item.",
        details={"limit": limit, "used": used, "resetsAt": None},
    )
