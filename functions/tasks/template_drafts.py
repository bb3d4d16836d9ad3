"""What templates fix of items: checked like changes of an item, kept by the newest names, spoken of
in the caller's version."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from pydantic import Field, ValidationError

from functions.tasks.expansion import instant
from functions.tasks.fields import Kind
from functions.tasks.models import (
    AssignmentPatch,
    LecturePatch,
    NewAssignment,
    NewLecture,
)
from functions.tasks.study_session_models import NewStudySession, StudySessionPatch
from shared.errors import Refusal
from shared.inputs import parse, refusal
from shared.models import Model
from shared.translation import spelled, to_wire
from shared.versions import Version

WALL_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
Days = Annotated[int, Field(ge=0, le=400)]
TimeOfDay = Annotated[str, Field(pattern=f"^{WALL_CLOCK.pattern}$")]
Minutes = Annotated[int, Field(ge=1, le=1440)]


class AssignmentDraft(AssignmentPatch):
    """What a template fixes of an assignment: due `in_days` after the day that it is applied for,
    `at` a time, or with that day."""

    in_days: Days | None = None
    at: TimeOfDay | None = None


class LectureDraft(LecturePatch):
    """What a template fixes of a lecture, which starts `in_days`, `at` a time."""

    in_days: Days | None = None
    at: TimeOfDay | None = None


class StudySessionDraft(StudySessionPatch):
    """What a template fixes of a study session, which starts `in_days`, `at` a time."""

    in_days: Days | None = None
    at: TimeOfDay | None = None
    duration_minutes: Minutes | None = None


DRAFTS: dict[Kind, type[Model]] = {
    "assignment": AssignmentDraft,
    "lecture": LectureDraft,
    "study_session": StudySessionDraft,
}
OVERRIDES: dict[Kind, type[Model]] = {
    "assignment": AssignmentPatch,
    "lecture": LecturePatch,
    "study_session": StudySessionPatch,
}
NEW: dict[Kind, type[Model]] = {
    "assignment": NewAssignment,
    "lecture": NewLecture,
    "study_session": NewStudySession,
}
# What is one person's, or of one time: said when the template is applied.
LATER = frozenset(
    {
        "course_id", "parent_id", "assignment_id", "due_at", "due_on", "start_on", "start_local",
        "starts_at", "ends_at", "exdates", "rdates", "status", "percent_done", "score",
        "confidence", "difficulty",
    }
)  # fmt: skip


def draft_of(version: Version, kind: Kind, data: dict[str, Any]) -> dict[str, Any]:
    """A template's `data` as it is kept. Clients of a lenient version say more than a template
    fixes, as they always did: that falls away. Errors: VALIDATION_ERROR."""
    model = DRAFTS[kind]
    given = read(version, model, data, "/data")
    if not version.lenient and (early := sorted(given.keys() & LATER)):
        told = {"code": "not_in_template", "message": "is said in applying the template"}
        details = {"errors": [{"path": (name,), **told} for name in early]}
        raise located(version, model, "/data", Refusal("VALIDATION_ERROR", details=details))
    kept = {name: value for name, value in given.items() if name not in LATER}
    if "checklist" in kept:
        kept["checklist"] = [{**line, "done": False} for line in kept["checklist"]]
    return kept


def shown(version: Version, kind: Kind, data: dict[str, Any]) -> dict[str, Any]:
    """A template's `data` as a version spells it."""
    return to_wire(version, DRAFTS[kind], data)


def item_of(
    version: Version, kind: Kind, draft: dict[str, Any], given: dict[str, Any], day: date, zone: str
) -> Model:
    """The body of a new item: what is given, before what the template says. Times are of the day's
    wall clock in the zone. Errors: VALIDATION_ERROR for what is still missing, or does not fit."""
    fixed = {n: v for n, v in draft.items() if n not in ("in_days", "at", "duration_minutes")}
    if kind == "lecture" and "duration_minutes" in draft:
        fixed["duration_minutes"] = draft["duration_minutes"]
    zone = given.get("timezone") or draft.get("timezone") or zone
    times = _TIMES[kind](draft, given, day, zone)
    document = orjson.dumps({**fixed, **times, **given})
    model = NEW[kind]
    try:
        return model.model_validate_json(document, by_alias=False, by_name=True)
    except ValidationError as error:
        raise located(version, model, "/overrides", refusal(error, "body", model)) from None


def read(version: Version, model: type[Model], value: dict[str, Any], place: str) -> dict[str, Any]:
    """What a version's document inside a body names, by the newest names. Errors:
    VALIDATION_ERROR."""
    try:
        return parse(model, version, orjson.dumps(value)).changes()
    except Refusal as found:
        raise located(version, model, place, found) from None
    except TypeError:  # an integer beyond 64 bits
        raise Refusal("MALFORMED_JSON") from None


def located(version: Version, model: type[Model], place: str, found: Refusal) -> Refusal:
    """A refusal of a document that is a part of the body, with pointers into the body."""
    errors = [
        {
            "pointer": place + (fault.get("pointer") or spelled(version, model, _path(fault))),
            "in": "body",
            **{name: fault[name] for name in ("code", "message") if name in fault},
        }
        for fault in found.details.get("errors", [])
    ]
    return Refusal(found.code, found.message, details={**found.details, "errors": errors})


def _path(fault: dict[str, Any]) -> tuple[str | int, ...]:
    return fault["path"] if "path" in fault else (fault["field"],)


def _local(draft: dict[str, Any], day: date) -> datetime | None:
    if draft.get("in_days") is None or draft.get("at") is None:
        return None
    return datetime.fromisoformat(f"{day + timedelta(days=draft['in_days'])}T{draft['at']}")


def _due(draft: dict[str, Any], given: dict[str, Any], day: date, zone: str) -> dict[str, Any]:
    if given.keys() & {"due_at", "due_on"} or draft.get("in_days") is None:
        return {}
    local = _local(draft, day)
    if local is None:
        return {"timezone": zone, "due_on": str(day + timedelta(days=draft["in_days"]))}
    return {"timezone": zone, "due_at": instant(local, ZoneInfo(zone)).isoformat()}


def _start(draft: dict[str, Any], given: dict[str, Any], day: date, zone: str) -> dict[str, Any]:
    local = _local(draft, day)
    if "start_local" in given or local is None:
        return {}
    return {"timezone": zone, "start_local": local.isoformat()}


def _session(draft: dict[str, Any], given: dict[str, Any], day: date, zone: str) -> dict[str, Any]:
    local = _local(draft, day)
    if "starts_at" in given:
        starts = datetime.fromisoformat(given["starts_at"])
    elif local is not None:
        starts = instant(local, ZoneInfo(zone))
    else:
        return {}
    times = {"starts_at": starts.isoformat()}
    if draft.get("duration_minutes"):
        times["ends_at"] = (starts + timedelta(minutes=draft["duration_minutes"])).isoformat()
    return times


_TIMES: dict[Kind, Callable[..., dict[str, Any]]] = {
    "assignment": _due,
    "lecture": _start,
    "study_session": _session,
}
