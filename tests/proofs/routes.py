"""Every route of every function, with a plausible request for each."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from shared.ids import uuid7
from shared.routing import Route
from tests.campus import handlers


def every_route() -> list[tuple[str, str, Route]]:
    """(domain, version or "", route) of all there is."""
    found: list[tuple[str, str, Route]] = []
    for domain, handler in handlers().items():
        for route in handler.api.table.routes:
            found += [(domain, version, route) for version in route.versions or ("",)]
    return found


def route_id(item: Any) -> str:
    if isinstance(item, Route):
        return f"{item.method} {item.path}"
    return str(item)


def path_of(version: str, route: Route, values: dict[str, str] | None = None) -> str:
    """A concrete path: unknown ids, unless values are given."""
    path = f"/{version}{route.path}" if version else route.path
    for name, kind in route.parameters.items():
        value = (values or {}).get(name) or (str(uuid7()) if kind is UUID else "x")
        path = path.replace("{" + name + "}", value)
    return path


def fields_of(version: str, route: Route) -> Iterator[str]:
    """What the version calls the fields of the route's body."""
    from shared.translation import spelled
    from shared.versions import LATEST, versions

    if route.body:
        model = route.body[1]
        for name in model.model_fields:
            yield spelled(versions()[version or LATEST.name], model, (name,))[1:]
