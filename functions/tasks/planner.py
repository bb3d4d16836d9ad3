"""What a user's time holds: planner, calendar week, free and busy times. The number of statements
is the same for a day and for a term."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from functions.tasks.fields import Kind
from functions.tasks.planner_models import (
    Calendar,
    CalendarDay,
    CalendarQuery,
    FreeBusy,
    FreeBusyQuery,
    Interval,
    Planner,
    PlannerEntry,
    PlannerQuery,
)
from shared.models import build
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks", tag="tasks")
sql = queries(__file__)

MOST = 2000
KINDS: list[Kind] = list(get_args(Kind))


@routes.get("/planner")
def get_planner(request: Request, query: PlannerQuery) -> Planner:
    """Everything that takes place, begins or is due from `from` up to `to`, series as their
    occurrences, in order. Series are known for 400 days ahead."""
    entries = request.db.all(
        PlannerEntry,
        sql.planner,
        since=query.from_,
        until=query.to,
        kinds=query.kinds or KINDS,
        most=MOST + 1,
    )
    return build(Planner, {"entries": entries[:MOST], "truncated": len(entries) > MOST})


# Which week it is, and what it holds.
@routes.get(
    "/calendar",
    v1=True,
    statements=2,
    old=(
        Old("get-calendar-data-for-week", fields={"date": "week_start"}),
        "api-v2/analytics/calendar",
    ),
)
def get_calendar(request: Request, query: CalendarQuery) -> Calendar:
    """The week of a day, day by day in the user's time zone, from the weekday on that the user's
    weeks start with."""
    timezone = request.known_caller.timezone
    week = request.db.rows(sql.calendar_week, day=query.week_start, timezone=timezone)[0]
    entries = request.db.all(
        PlannerEntry,
        sql.planner,
        since=week["since"],
        until=week["until"],
        kinds=KINDS,
        most=MOST,
    )
    days = list(_days(entries, week["week_start"], ZoneInfo(timezone)))
    named = {"week_start": week["week_start"], "week_name": week["week_name"]}
    return build(Calendar, {**named, "timezone": timezone, "days": days})


@routes.get("/planner/free-busy")
def get_free_busy(request: Request, query: FreeBusyQuery) -> FreeBusy:
    """When lectures and study sessions take up time from `from` up to `to`, and when not. A study
    session without an end counts as an hour; assignments take none."""
    rows = request.db.rows(sql.free_busy, since=query.from_, until=query.to)
    return build(
        FreeBusy,
        {"busy": _intervals(rows, busy=True), "free": _intervals(rows, busy=False)},
    )


def _days(entries: list[PlannerEntry], first: date, zone: ZoneInfo) -> Iterator[CalendarDay]:
    days: dict[date, dict[str, Any]] = {
        first + timedelta(days=n): {kind: [] for kind in KINDS} for n in range(7)
    }
    for entry in entries:
        day = entry.starts_at.astimezone(zone).date()
        days[max(day, first)][entry.kind].append(entry)
    for day, found in days.items():
        yield build(
            CalendarDay,
            {
                "on": day,
                "assignments": found["assignment"],
                "lectures": found["lecture"],
                "study_sessions": found["study_session"],
            },
        )


def _intervals(rows: list[dict[str, Any]], *, busy: bool) -> list[Interval]:
    return [
        build(Interval, {"starts_at": row["starts_at"], "ends_at": row["ends_at"]})
        for row in rows
        if row["is_busy"] == busy
    ]
