"""What changed between a version and the next: entries with an example of each, from the steps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import orjson

from infra.openapi.examples import example
from infra.openapi.parameters import spelled_path
from infra.openapi.routes import all_routes, handlers
from infra.openapi.samples import answer_sample, request_sample
from infra.openapi.schemas import Schemas
from shared.models import Model, Query, nested_models
from shared.routing import Route
from shared.translation import from_older, styled, wire_name
from shared.versions import (
    Change,
    OnlyNewer,
    OnlyOlder,
    Version,
    changes,
    versions,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as a client developer reads it: `before` and `after` are code."""

    title: str
    text: str
    before: str = ""
    after: str = ""
    operations: tuple[str, ...] = ()


def ways_on(version: Version) -> list[tuple[Version, Version]]:
    """Each version with the one after it, from `version` to the newest."""
    known = list(versions().values())
    start = [one.name for one in known].index(version.name)
    return list(pairwise(known[start:]))


def entries(older: Version, newer: Version) -> list[Entry]:
    """All differences, those of the whole API first, then by domain."""
    handlers()  # importing them registers their changes
    steps = [change for change in changes() if change.older == older.name]
    steps.sort(key=lambda change: change.__module__)  # stable: in each module as written
    return [*_everywhere(older, newer), *(_entry(change, older, newer) for change in steps)]


def _everywhere(older: Version, newer: Version) -> list[Entry]:
    found: list[Entry] = []
    if older.snake_case and not newer.snake_case:
        found.append(
            Entry(
                "Names",
                "Names of fields and parameters are camelCase; they were snake_case.",
                _pretty({"created_at": "2026-11-20T10:30:00Z"}),
                _pretty({"createdAt": "2026-11-20T10:30:00Z"}),
            )
        )
    if older.envelope != newer.envelope:
        meta = {"timestamp": "2026-11-20T10:30:00Z", "version": older.name, "request_id": "req_1"}
        found.append(
            Entry(
                "Envelope",
                "An answer is under `data` without `success` and `meta`; the request's id is in "
                "the header `X-Request-Id`, and the status tells success.",
                _pretty({"success": True, "data": {"id": "01936f5e"}, "meta": meta}),
                _pretty({"data": {"id": "01936f5e"}}),
            )
        )
    return [*found, *_rules(older, newer)]


def _rules(older: Version, newer: Version) -> list[Entry]:
    found: list[Entry] = []
    if older.offset_paging and not newer.offset_paging:
        found.append(
            Entry(
                "Paging",
                "Lists are paged by `limit` and `cursor`, without totals: follow "
                "`pageInfo.endCursor` while `pageInfo.hasNextPage`. `page`, `page_size` and "
                "`offset` are gone.",
                "?page=2&page_size=20",
                "?limit=20&cursor=eyJrIjpbIjIwMjctMDEtMTUiXX0.c2ln",
            )
        )
    if older.invalid_status != newer.invalid_status:
        text = (
            f"`VALIDATION_ERROR` has the status {newer.invalid_status}; "
            f"it was {older.invalid_status}."
        )
        found.append(
            Entry("Invalid fields", text, f"{older.invalid_status}", f"{newer.invalid_status}")
        )
    if older.lenient and not newer.lenient:
        text = "A field that the API does not know is an error; it was ignored."
        found.append(Entry("Unknown fields", text))
    return found


def _entry(change: type[Change], older: Version, newer: Version) -> Entry:
    before, after = _pair(change, change.models[0], older, newer)
    return Entry(
        title=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", change.__name__).capitalize(),
        text=" ".join(cleandoc(change.__doc__ or "").split()),
        before=before,
        after=after,
        operations=tuple(_operations(change, older)),
    )


def _pair(
    change: type[Change], model: type[Model], older: Version, newer: Version
) -> tuple[str, str]:
    """The fields that a change touches, in both shapes."""
    if any(route.result and model in _inside(route.result) for route in all_routes()):
        old, new = answer_sample(older, model), answer_sample(newer, model)
    else:
        old = _request(older, model)
        new = styled(newer, model, from_older(older, model, old, to=newer.name))
    old, new = _touched(change, model, (older, old), (newer, new))
    shown = _query_string if issubclass(model, Query) else _pretty
    return shown(old), shown(new)


def _request(version: Version, model: type[Model]) -> Json:
    if not issubclass(model, Query):
        return request_sample(Schemas(version, [model], []), model)
    properties = Schemas(version, [], []).parameters(model)["properties"]
    return {name: example(inner, lambda same: same, name) for name, inner in properties.items()}


def _inside(model: type[Model]) -> set[type[Model]]:
    found = {model}
    for inner in nested_models(model).values():
        if inner not in found:
            found |= _inside(inner)
    return found


def _touched(
    change: type[Change], model: type[Model], old: tuple[Version, Json], new: tuple[Version, Json]
) -> tuple[Json, Json]:
    olds = [edit.older for edit in change.edits if not isinstance(edit, OnlyNewer)]
    news = [edit.newer for edit in change.edits if not isinstance(edit, OnlyOlder)]
    return _only(olds, model, *old), _only(news, model, *new)


def _only(names: list[str], model: type[Model], version: Version, document: Json) -> Json:
    spoken = [wire_name(version, model, name) for name in dict.fromkeys(names)]
    return {name: document[name] for name in spoken if name in document}


def _operations(change: type[Change], older: Version) -> list[str]:
    """The older version's operations that a change touches."""
    return [
        f"{route.method} {spelled_path(route, older)}"
        for route in all_routes()
        if older.name in route.versions and _uses(route, change.models)
    ]


def _uses(route: Route, models: tuple[type[Model], ...]) -> bool:
    of_route = [route.result, route.body and route.body[1], route.query and route.query[1]]
    inside: set[type[Model]] = set()
    for model in of_route:
        inside |= _inside(model) if model else set()
    return any(model in inside for model in models)


def _pretty(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _query_string(values: Mapping[str, Any]) -> str:
    spoken = {
        name: ",".join(map(str, value)) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }
    return f"?{urlencode(spoken, safe=',:')}" if spoken else "(not there)"
