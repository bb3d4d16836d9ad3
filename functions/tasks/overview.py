"""What the home screen and the statistics show."""

from typing import Any

from functions.tasks.operations import entity, item_limit
from functions.tasks.overview_models import (
    CountQuery,
    Counts,
    Home,
    Month,
    NextTask,
    Today,
)
from shared.models import build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks", tag="tasks", v1=True)
sql = queries(__file__)


@routes.get("/count", old=("api-v2/queries/count",))
def count_items(request: Request, query: CountQuery) -> Counts:
    """Count live items by kind. A series is one lecture, where its first time is."""
    return request.db.one(Counts, sql.count_items, **query.values())


@routes.get("/home", old=("get-home-screen-data", "api-v2/analytics/home"))
def get_home(request: Request) -> Home:
    """The next task, what today (in the user's time zone) holds, and the use of the plan's limit
    of new items in 30 days."""
    timezone = request.known_caller.timezone
    row: dict[str, Any] = request.db.rows(sql.home, timezone=timezone)[0]
    return build(
        Home,
        {
            "next_task": entity(NextTask, row) if row["id"] else None,
            "today": entity(Today, row),
            "month": entity(Month, {**row, "limit": item_limit(request)}),
        },
    )
