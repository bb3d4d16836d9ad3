"""Every route of every function, and names for them that are unique in the whole API."""

import importlib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from shared.routing import Route

ROOT = Path(__file__).parents[2]


@cache
def handlers() -> dict[str, Any]:
    """Each function's entry by domain, sorted."""
    names = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
    return {name: importlib.import_module(f"functions.{name}.handler").handle for name in names}


def all_routes() -> list[Route]:
    """All routes, in the order of domains and of definition."""
    return [route for handle in handlers().values() for route in handle.api.table.routes]


def operation_ids(routes: list[Route]) -> dict[tuple[str, str], str]:
    """(method, path) to operationId: the route's name, with method or tag before it on a clash.

    PUT as the predecessor's spelling of PATCH shares its function, and so its name.
    """
    names = {(route.method, route.path): route.name for route in routes}
    for route in routes:
        if route.method == "PUT" and ("PATCH", route.path) in names:
            names[route.method, route.path] = f"put_{route.name}"
    uses = Counter(names.values())
    for route in routes:
        key = route.method, route.path
        if uses[names[key]] > 1:
            names[key] = f"{route.tag.replace('-', '_')}_{names[key]}"
    twice = [name for name, number in Counter(names.values()).items() if number > 1]
    if twice:
        raise ValueError(f"two routes of one tag have the same name: {', '.join(twice)}")
    return names
