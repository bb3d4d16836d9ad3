"""Several operations in one request, each with the outcome that it would have had alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import orjson

from shared.answers import render
from shared.database import refusal_of
from shared.driver import Error
from shared.errors import Refusal
from shared.inputs import Inputs, as_parameter, query_of
from shared.models import Model, build
from shared.request import Reply, Request
from shared.routing import Route
from shared.sql import queries
from shared.translation import spelled, to_wire

T = TypeVar("T")
Effect = tuple[int, dict[str, Any] | None]
"""The status that an operation would have had alone, and its answer."""
sql = queries(__file__)

PAGE_SIZE = "50"


class Outcome(Model):
    """What became of one operation: the status it would have had alone, its answer or its error."""

    index: int
    status: int
    data: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


class BatchResult(Model):
    """The outcomes in the order of the operations."""

    results: list[Outcome]
    succeeded: int
    failed: int


def each(
    request: Request,
    items: Sequence[T],
    effect: Callable[[T], Effect],
    *,
    atomic: bool = False,
    body_of: Callable[[T], type[Model] | None] = lambda _: None,
) -> Reply[BatchResult]:
    """Give every item its effect, each alone or (atomic) all or none. `body_of` is the model that
    an item's `data` is of, for the names in errors."""
    outcomes: list[Outcome] = []
    for index, item in enumerate(items):
        try:
            status, data = _alone(request, lambda item=item: effect(item))
            outcome = {"index": index, "status": status, "data": data, "error": None}
        except Refusal as refusal:
            error = _error(request, refusal, index, body_of(item))
            if atomic:
                details = {**error["details"], "index": index}
                raise Refusal(refusal.code, refusal.message, details=details) from None
            outcome = {"index": index, "status": refusal.status, "data": None, "error": error}
        outcomes.append(build(Outcome, outcome))
    failed = sum(outcome.error is not None for outcome in outcomes)
    result = {"results": outcomes, "succeeded": len(outcomes) - failed, "failed": failed}
    return Reply(build(BatchResult, result), status=207 if failed else 200)


def told(request: Request, answer: Model | None, *, created: bool) -> Effect:
    """The outcome of a route's function."""
    if answer is None:
        return 204, None
    document = to_wire(request.version, type(answer), answer.__dict__)
    return 201 if created else 200, document


def listed(request: Request, route: Route, data: Mapping[str, Any] | None) -> Effect:
    """What a list answers, `data` being its parameters; pages have 50 items unless it says so."""
    if route.query is None:
        raise TypeError(f"{route.path} is no list")
    texts = {name: as_parameter(value) for name, value in (data or {}).items()}
    given = {name: text for name, text in texts.items() if text is not None}
    if not {"limit", "page_size", "pageSize"} & given.keys():
        given["limit"] = PAGE_SIZE
    inputs = Inputs()
    name, model = route.query
    inputs.arguments[name] = query_of(given, model, request.version, inputs)
    request.db.paging = inputs.paging
    page = route.handler(request, **inputs.arguments)
    answer = orjson.loads(render(request.call, route, request.version, inputs, page).body)
    told = ("data", "pageInfo", "pagination")
    return 200, {name: answer[name] for name in told if name in answer}


def _alone(request: Request, effect: Callable[[], T]) -> T:
    """Let an effect fail without the others: its rows and its facts are taken back."""
    told = len(request.emissions.records)
    request.db.run(sql.begin_item)
    try:
        return effect()
    except (Refusal, Error) as error:
        refusal = error if isinstance(error, Refusal) else refusal_of(error)
        if not isinstance(refusal, Refusal) or refusal.status >= 500:
            raise  # a fault of ours, or one that repeating the whole request may heal
        del request.emissions.records[told:]
        request.db.run(sql.undo_item)
        raise refusal from None


def _error(
    request: Request, refusal: Refusal, index: int, model: type[Model] | None
) -> dict[str, Any]:
    """A refusal in the envelope's shape, its pointers in the caller's names."""
    details = dict(refusal.details)
    if "errors" in details:
        details["errors"] = [
            {
                "pointer": f"/operations/{index}/data" + _place(request, model, found),
                **{name: found[name] for name in ("code", "message") if name in found},
            }
            for found in details["errors"]
        ]
    return {"code": refusal.code, "message": refusal.message, "details": details}


def _place(request: Request, model: type[Model] | None, found: dict[str, Any]) -> str:
    if "pointer" in found:
        return found["pointer"]
    path = found["path"] if "path" in found else (found["field"],)
    return spelled(request.version, model, path)
