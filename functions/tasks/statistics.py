"""Streak and statistics, read from what was done day by day (`activity`)."""

from datetime import date, datetime, timedelta
from typing import Any

from functions.tasks.operations import entity
from functions.tasks.statistics_models import (
    MOST_DAYS,
    Heatmap,
    Performance,
    Progress,
    Range,
    Retention,
    Streak,
    StudyTime,
)
from shared.errors import invalid
from shared.models import build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks/stats", tag="tasks", v1=True)
newer = Routes("/tasks/stats", tag="tasks")
sql = queries(__file__)

MONTH, YEAR = 30, 365
MOST_POINTS = 10


@routes.get(
    "/streak", old=("get-streak-info", "learning-analytics/streak", "api-v2/analytics/streak")
)
def get_streak(request: Request) -> Streak:
    """Get the days in a row, today or up to yesterday, on which you completed, studied or reviewed
    something. A day is yours, in the time zone where you were; declared days off do not break it,
    and do not count."""
    return request.db.one(Streak, sql.get_streak, timezone=request.known_caller.timezone)


@routes.get("/study-time", old=("learning-analytics/study-time",))
def get_study_time(request: Request, query: Range) -> StudyTime:
    """Get how long you studied in a range of days, by day, course, hour and weekday."""
    days = _days(request, query, MONTH)
    row = request.db.rows(sql.study_time, **days)[0]
    average = row["focus_seconds"] / row["active_days"] if row["active_days"] else 0.0
    return entity(StudyTime, {**row, **days, "average_seconds_a_day": average})


@newer.get("/heatmap")
def get_heatmap(request: Request, query: Range) -> Heatmap:
    """Get how much you did on each day of a range, by default of a year."""
    days = _days(request, query, YEAR)
    return entity(Heatmap, {**request.db.rows(sql.heatmap, **days)[0], **days})


@routes.get("/performance", old=("learning-analytics/performance",))
def get_performance(request: Request, query: Range) -> Performance:
    """Get how well you recalled, how sessions went and what you handed in on time."""
    days = _days(request, query, MONTH)
    before_on = days["from_on"] - (days["to_on"] - days["from_on"]) - timedelta(days=1)
    row = request.db.rows(sql.performance, before_on=before_on, **days)[0]
    return entity(Performance, {**row, **days})


@routes.get("/retention", old=("learning-analytics/retention",))
def get_retention(request: Request) -> Retention:
    """Get what sits: how many topics you have mastered, and with which you struggle."""
    return request.db.one(Retention, sql.retention)


@routes.get("/progress", old=("learning-analytics/progress",))
def get_progress(request: Request) -> Progress:
    """Get a score from 0 to 10 for what you studied in seven days and what lies ahead."""
    today = _today(request)
    row = request.db.rows(sql.progress, from_on=today - timedelta(days=6), to_on=today)[0]
    points = min(sum(row.values()), MOST_POINTS)
    return build(Progress, {"activity_score": points, **row})


def _today(request: Request) -> date:
    """The user's day."""
    from zoneinfo import ZoneInfo  # most requests do without

    return datetime.now(ZoneInfo(request.known_caller.timezone)).date()


def _days(request: Request, query: Range, by_default: int) -> dict[str, Any]:
    """The range asked for; what is open ends today, or begins so many days before its end."""
    to_on = query.to_on or max(_today(request), query.from_on or date.min)
    from_on = query.from_on or to_on - timedelta(days=by_default - 1)
    if (to_on - from_on).days >= MOST_DAYS:
        raise invalid("from_on", f"must be less than {MOST_DAYS} days before toOn")
    return {"from_on": from_on, "to_on": to_on}
