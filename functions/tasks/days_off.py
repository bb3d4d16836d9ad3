"""Days off: vacations and rest days, which keep a streak. They are declared ahead, so that nobody
mends afterwards what was missed; what they excused in the past stays excused."""

from uuid import UUID

from events.tasks import RestDaysChanged, VacationDeclared, VacationWithdrawn
from functions.tasks.operations import entity, missing
from functions.tasks.statistics_models import NewRestDays, NewVacation, RestDays, Vacation
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import ListQuery, Page, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks/stats/streak", tag="tasks")
sql = queries(__file__)

MOST_VACATIONS = 50


@routes.get("/vacations")
def list_vacations(request: Request, query: ListQuery) -> Page[Vacation]:
    """List declared vacations, past ones too, the latest first."""
    return request.db.page(Vacation, sql.list_vacations, query)


@routes.post("/vacations", status=201, exclusive="tasks", errors=("RESOURCE_LIMIT_EXCEEDED",))
def declare_vacation(request: Request, body: NewVacation) -> Vacation:
    """Declare days off: the streak holds on them without doing anything. They begin today at the
    earliest."""
    row = request.db.rows(
        sql.declare_vacation,
        id=uuid7(),
        most=MOST_VACATIONS,
        timezone=request.known_caller.timezone,
        **body.values(),
    )[0]
    if not row["ahead"]:
        raise invalid("starts_on", "must not be in the past")
    if row["id"] is None:
        raise Refusal("RESOURCE_LIMIT_EXCEEDED", details={"limit": MOST_VACATIONS})
    vacation = entity(Vacation, row)
    request.emit(
        VacationDeclared(
            vacation_id=vacation.id, starts_on=vacation.starts_on, ends_on=vacation.ends_on
        )
    )
    return vacation


@routes.get("/vacations/{vacation_id}")
def get_vacation(request: Request, vacation_id: UUID) -> Vacation:
    """Get one vacation."""
    return request.db.one(Vacation, sql.get_vacation, id=vacation_id)


@routes.delete("/vacations/{vacation_id}", errors=("CONFLICT",))
def withdraw_vacation(request: Request, vacation_id: UUID) -> None:
    """Take back a vacation from today on. The days of it that have passed stay days off; one that
    is over cannot be taken back."""
    row = request.db.row(
        sql.withdraw_vacation, id=vacation_id, timezone=request.known_caller.timezone
    )
    if row is None:
        raise missing(request)
    if row["is_over"]:
        raise Refusal("CONFLICT", "The vacation is over.")
    request.emit(
        VacationWithdrawn(
            vacation_id=vacation_id, ends_on=row["ends_on"], entity_version=row["version"] + 1
        )
    )


@routes.get("/rest-days")
def get_rest_days(request: Request) -> RestDays:
    """Get the weekdays on which the streak holds by itself."""
    return request.db.one(RestDays, sql.get_rest_days)


@routes.put("/rest-days", exclusive="tasks")
def set_rest_days(request: Request, body: NewRestDays) -> RestDays:
    """Say on which weekdays, from 1 (Monday) to 7, you rest from today on."""
    weekdays = sorted(set(body.weekdays))
    changed = request.db.value(
        sql.set_rest_days, weekdays=weekdays, timezone=request.known_caller.timezone
    )
    if changed:
        request.emit(RestDaysChanged(rest_days_id=request.user_id, weekdays=weekdays))
    return build(RestDays, {"weekdays": weekdays})
