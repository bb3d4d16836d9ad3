"""Query strings for GET routes: what a successful call needs, and each filter alone."""

from collections.abc import Iterator
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from shared.routing import Route
from shared.translation import spelled
from shared.versions import Version
from tests.things import MOMENT, domain_of, filled, said


def needed(route: Route, version: Version, words: str = "Ada") -> str:
    """The parameters without which the route answers nothing."""
    given = said("QUERIES").get(domain_of(route), {})
    if route.path in given:
        return filled(given[route.path], words, {})
    model = route.query[1] if route.query else None
    required = [n for n, info in model.model_fields.items() if info.is_required()] if model else []
    return "&".join(_asked(route, version, name, [], words)[0] for name in required)


def asked_for(route: Route, version: Version, name: str, ids: list[str]) -> list[str]:
    """Query strings that filter by each of some ids."""
    least = needed(route, version)
    return [
        joined(least, asked) for known in ids for asked in _asked(route, version, name, [known], "")
    ]


def queries(route: Route, version: Version, ids: list[str], words: str) -> Iterator[str]:
    """Query strings that use each filter alone: known ids, every choice, wide ranges, `words`. What
    shows the trash on purpose is not among them."""
    least = needed(route, version, words)
    yield least
    for name in route.query[1].model_fields if route.query else ():
        if name not in ("limit", "cursor", "sort", "fields", "include_deleted"):
            for asked in _asked(route, version, name, ids, words):
                yield joined(least, asked)


def joined(*parts: str) -> str:
    """Parts of a query string, of which some may be empty."""
    return "&".join(part for part in parts if part)


def _asked(route: Route, version: Version, name: str, ids: list[str], words: str) -> list[str]:
    assert route.query
    model = route.query[1]
    called = spelled(version, model, (name,))[1:]
    values = _values(name, model.model_fields[name].annotation, ids, words)
    return [f"{called}={value}" for value in values]


def _values(name: str, annotation: Any, ids: list[str], words: str) -> Iterator[str]:
    kinds = list(leaves(annotation))
    choices = [
        str(choice) for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)
    ]
    if choices:
        yield ",".join(choices)
    elif bool in kinds:
        yield from ("true", "false")
    elif UUID in kinds:
        yield from (",".join(ids[at : at + 40]) for at in range(0, len(ids), 40))
    elif datetime in kinds or date in kinds:
        yield _time(name) if datetime in kinds else _time(name)[:10]
    elif str in kinds:
        yield words


def _time(name: str) -> str:
    """The bound that leaves everything in a list, where the name tells; else some time."""
    bounds = {"after": "2000-01-01T00:00:00Z", "before": "2190-01-01T00:00:00Z"}
    return next((bounds[end] for end in bounds if name.endswith(end)), MOMENT)


def leaves(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from leaves(get_args(annotation)[0])
    elif origin in (Union, UnionType, list):
        for part in get_args(annotation):
            yield from leaves(part)
    else:
        yield annotation
