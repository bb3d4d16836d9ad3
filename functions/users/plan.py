"""What the caller pays for, what that allows, and how much of it is used."""

from functions.users.models import Entitlements, Subscription, Usage
from shared.plans import plan_of
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/users/me", tag="users")
sql = queries(__file__)


@routes.get("/subscription", v1=True, old=("users/subscription",))
def get_subscription(request: Request) -> Subscription:
    """Get what you have paid for. A plan that has ended counts as free."""
    return request.db.one(Subscription, sql.get_subscription)


@routes.get("/entitlements")
def get_entitlements(request: Request) -> Entitlements:
    """Get what your plan allows."""
    return entitlements(request)


@routes.get("/usage")
def get_usage(request: Request) -> Usage:
    """Get how much of your plan is used. `newTasksResetAt` is when the oldest new task of the
    30 days stops counting."""
    row = request.db.rows(sql.get_usage)[0]
    allowed = entitlements(request)
    return Usage(
        tier=allowed.tier,
        new_tasks_used=row["used"],
        new_tasks_limit=allowed.new_tasks_in_30_days,
        new_tasks_reset_at=row["resets_at"],
        live_courses_used=row["live_courses"],
        live_courses_limit=allowed.live_courses,
    )


def entitlements(request: Request) -> Entitlements:
    """What the caller's plan allows. Platform admins have no limits."""
    plan = plan_of(request)
    intervals = list(plan.review_intervals_days)
    return Entitlements(**{**plan._asdict(), "review_intervals_days": intervals})
