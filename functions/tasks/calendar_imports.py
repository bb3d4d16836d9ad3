"""Imports of calendars: read, decided, and carried out by one statement."""

import re
from collections import Counter
from typing import Any, get_args
from uuid import UUID

import orjson

from events.calendar import CalendarImported
from events.tasks import AssignmentCompleted, OccurrenceUpdated
from functions.tasks.calendar_import_models import (
    CalendarImport,
    ImportAllowance,
    ImportQuery,
    KindCount,
    NewImport,
    ReasonCount,
    SkippedEvent,
)
from functions.tasks.calendar_plan import Found, Plan
from functions.tasks.fields import Kind
from functions.tasks.ical_reading import read
from functions.tasks.operations import item_limit, reminders
from functions.tasks.reminding import tell_of_reminders
from shared.errors import Refusal, invalid
from shared.facts import CONTRACTS
from shared.ids import uuid7
from shared.models import build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks/calendar/imports", tag="tasks")
sql = queries(__file__)

EXAMPLES = 50
MOST_BYTES = 2 * 1024 * 1024
"""Of a file at an address."""
SECONDS, SECONDS_TO_IMPORT = 10.0, 8.0
Row = dict[str, Any]


# What is known of the events, and the changes; for an address two more, to leave the unit and begin
# it again.
@routes.post("", exclusive="tasks", statements=4)
def import_calendar(request: Request, body: NewImport, query: ImportQuery) -> CalendarImport:
    """Import a calendar (RFC 5545): from the text of a file, or from an https address.

    Events without length or of whole days, and what Canvas and Moodle tell as due, become
    assignments, as tasks (VTODO) do. Other events become lectures when `courseId` names their
    course, else study sessions; a series of those needs a course. `kind` overrides that. Events are
    known again by UID and RECURRENCE-ID: a second import changes what has changed. Beyond the
    plan's limit of new items, the next events come first and the others are left alone. An import
    makes or changes at most 500 items and occurrences. What was deleted here stays deleted."""
    calendar = read(_text(request, body))
    if calendar is None:
        raise invalid("text" if body.url is None else "url", "is no iCalendar file")
    found = Found.of(calendar, request.known_caller.timezone)
    limit = item_limit(request)
    standing = request.db.rows(
        sql.import_standing,
        uids=found.uids,
        own=found.ours,
        limit=limit,
        course_id=body.course_id,
    )
    if not standing[0]["course_open"]:
        raise Refusal("NOT_FOUND", "There is no such course.")
    offsets: dict[str, list[int]] = {
        kind: reminders(request, kind, None) for kind in get_args(Kind)
    }
    plan = Plan(body, standing, limit, found.timezone, offsets)
    plan.make(found)
    if not query.dry_run:
        _carry_out(request, plan)
        _tell_counts(request, plan)
    return _answer(plan, dry_run=query.dry_run)


def _text(request: Request, body: NewImport) -> str:
    """The file's text. What is at an address is fetched outside of the transaction."""
    if body.url is None:
        return body.text or ""
    url = re.sub("^webcals?://", "https://", body.url, flags=re.IGNORECASE)

    def fetch() -> bytes:
        from shared import outbound  # few requests go out

        seconds = min(SECONDS, request.seconds_left() - SECONDS_TO_IMPORT)
        try:
            return outbound.fetch(url, most=MOST_BYTES, seconds=seconds, accept="text/calendar")
        except outbound.UnreachableError:
            raise invalid("url", "is no public https address of a file within bounds") from None

    raw = request.outside(fetch)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    # Folding counts octets: a character may be on both sides of it.
    return re.sub(rb"\r?\n[ \t]", b"", raw).decode(errors="replace")


def _carry_out(request: Request, plan: Plan) -> None:
    if not (plan.items or plan.owns or plan.keys or plan.forgotten):
        return
    deletion = uuid7()
    rows = request.db.rows(
        sql.import_calendar,
        items=_json(plan.items),
        own=_json(plan.owns),
        keys=_json(plan.keys),
        forgotten=plan.forgotten,
        deletion_id=deletion,
    )
    for row in rows:
        _tell(request, row, deletion)


def _tell(request: Request, row: Row, deletion: UUID) -> None:
    """The facts of one thing that was done."""
    if row["op"] == "reminders":
        tell_of_reminders(request, row["reminders"])
        return
    if row["op"] == "occurrence":
        request.emit(
            OccurrenceUpdated(
                occurrence_id=row["id"],
                kind=row["kind"],
                item_id=row["of_id"],
                status=row["status"],
                changed=row["changed"],
                entity_version=row["version"],
            )
        )
        return
    _tell_item(request, row, deletion)


def _tell_item(request: Request, row: Row, deletion: UUID) -> None:
    """`<kind>.created`, `.updated` or `.deleted`: these contracts differ in little but the kind."""
    kind, verb = row["kind"], f"{row['op']}d"
    when = "due_at" if kind == "assignment" else "starts_at"
    said: dict[str, Row] = {
        "created": {"course_id": row["course_id"], when: row["at"]},
        "updated": {"course_id": row["course_id"], "changed": row["changed"]},
        "deleted": {"deletion_id": deletion},
    }
    fact = {f"{kind}_id": row["id"], "entity_version": row["version"], **said[verb]}
    if verb != "updated" or row["changed"]:
        request.emit(CONTRACTS[f"{kind}.{verb}"].of(fact))
    if verb == "updated" and row["finished"]:
        request.emit(
            AssignmentCompleted(
                assignment_id=row["id"],
                course_id=row["course_id"],
                completed_at=row["finished"],
                timezone=request.known_caller.timezone,
                late=row["finished"] > row["at"],
                entity_version=row["version"],
            )
        )


def _tell_counts(request: Request, plan: Plan) -> None:
    request.emit(
        CalendarImported(
            calendar_id=request.user_id,
            skipped=len(plan.skipped),
            **{verb: _sum(plan, verb) for verb in ("created", "updated", "deleted", "unchanged")},
        )
    )


def _sum(plan: Plan, verb: str) -> int:
    return sum(count for (_, told), count in plan.counts.items() if told == verb)


def _answer(plan: Plan, *, dry_run: bool) -> CalendarImport:
    verbs = ("created", "updated", "deleted", "unchanged")
    kinds = [
        {"kind": kind, **{verb: plan.counts[kind, verb] for verb in verbs}}
        for kind in (*get_args(Kind), "occurrence")
    ]
    reasons = Counter(one.reason for one in plan.skipped)
    shown = ("uid", "recurrence_id", "title", "reason")
    allowance = {
        "limit": plan.limit,
        "used": plan.used,
        "resets_at": plan.standing[0]["resets_at"],
    }
    return build(
        CalendarImport,
        {
            "dry_run": dry_run,
            **{verb: _sum(plan, verb) for verb in verbs},
            "skipped": len(plan.skipped),
            "kinds": [build(KindCount, kind) for kind in kinds],
            "reasons": [
                build(ReasonCount, {"reason": reason, "count": count})
                for reason, count in sorted(reasons.items())
            ],
            "examples": [
                build(SkippedEvent, {name: getattr(one, name) for name in shown})
                for one in plan.skipped[:EXAMPLES]
            ],
            "allowance": build(ImportAllowance, allowance),
        },
    )


def _json(values: list[Row]) -> str:
    return orjson.dumps(values, option=orjson.OPT_UTC_Z).decode()
