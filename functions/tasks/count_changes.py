"""Steps between the API versions of counting items."""

from datetime import datetime, timedelta
from typing import Any, Literal

import orjson

from functions.tasks.overview_models import CountQuery, Counts
from shared.errors import invalid
from shared.versions import Change, Document, OnlyNewer, OnlyOlder, Rename

_TABLES = {"assignments": "assignment", "lectures": "lecture", "study_sessions": "study_session"}
_TIMES = ("due_date", "lecture_date", "start_time", "session_date")
_ROW = ("user_id", "deleted_at")  # always the caller's live ones


def _table(document: Document, table: Any) -> None:
    if isinstance(table, str):
        document["kind"] = _TABLES[table]


def _filters(document: Document, value: Any) -> None:
    """The predecessor's `filters`, JSON, as parameters. Errors: VALIDATION_ERROR for others."""
    try:
        given = orjson.loads(value)
        asked = [
            (operator, field, wanted)
            for operator, fields in given.items()
            for field, wanted in fields.items()
        ]
    except (AttributeError, ValueError, TypeError):
        raise invalid("filters", 'must be a JSON object such as {"eq": {}}') from None
    for operator, field, wanted in asked:
        if not _filtered(document, operator, field, wanted):
            raise invalid("filters", f"cannot compare {field} by {operator}"[:200])


def _filtered(document: Document, operator: str, field: str, wanted: Any) -> bool:
    """Whether one comparison has a parameter, which then has its value."""
    match operator, field:
        case "eq", name if name in _ROW:
            return True
        case "eq", "course_id" if isinstance(wanted, str):
            document["course_id"] = wanted
        case "eq", "completed" if isinstance(wanted, bool):
            document["done"] = str(wanted).lower()
        case "in", "course_id" if isinstance(wanted, list):
            document["course_ids"] = ",".join(map(str, wanted))  # pyright: ignore[reportUnknownArgumentType]
        case "gte" | "lte", "created_at":
            return _bound(document, operator, "created_after", "created_before", wanted)
        case "gte" | "lte", name if name in _TIMES:
            return _bound(document, operator, "after", "before", wanted)
        case _:
            return False
    return True


def _bound(document: Document, operator: str, after: str, before: str, wanted: Any) -> bool:
    """`lte` takes its bound in, `before` does not."""
    if not isinstance(wanted, str):
        return False
    if operator == "gte":
        document[after] = wanted
        return True
    try:
        document[before] = (datetime.fromisoformat(wanted) + timedelta(microseconds=1)).isoformat()
    except (ValueError, OverflowError):
        return False
    return True


class CountOfTables(Change):
    """What to count was a `table` and `filters`, a JSON object of `eq`, `in`, `gte` and `lte`; it
    became `kind` and parameters. The answer's `count` became `total`."""

    models = (CountQuery,)
    edits = (
        Rename(newer="kind", older="type"),
        OnlyNewer("course_ids"),
        OnlyNewer("created_after"),
        OnlyNewer("created_before"),
        OnlyOlder("table", Literal["assignments", "lectures", "study_sessions"], upgrade=_table),
        OnlyOlder("filters", str, upgrade=_filters),
    )


class CountOfOneTable(Change):
    """The number of items was also told as `count`."""

    models = (Counts,)
    edits = (OnlyOlder("count", int, downgrade=lambda counts: counts["total"]),)
