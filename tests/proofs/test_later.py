"""Modules that a function loads when a path below theirs is first asked for."""

import re

import pytest

from shared.routing import OLD_PATHS
from shared.table import Table
from tests.campus import handlers

TABLES = {name: handle.api.table for name, handle in handlers().items() if handle.api.table.later}
ROUTES = {f"{name} {r.method} {r.path}": (name, r) for name, t in TABLES.items() for r in t.routes}
IDENTIFIER = "01890000-0000-7000-8000-000000000000"


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", IDENTIFIER, path)


def fresh(function: str) -> Table:
    """The function's table as INIT leaves it."""
    return Table(TABLES[function].groups, TABLES[function].later)


@pytest.mark.parametrize("name", ROUTES)
def test_the_first_request_of_an_environment_finds_every_route(name: str) -> None:
    function, route = ROUTES[name]
    version = route.versions[-1] if route.versions else ""
    assert fresh(function).find(version, route.method, filled(route.path))[0] is route


@pytest.mark.parametrize("function", TABLES)
def test_every_old_name_is_found_first_too(function: str) -> None:
    table = fresh(function)
    for route in TABLES[function].routes:
        for old in route.old:
            method = old.taken(route.method)[0]
            path = OLD_PATHS + filled(old.name)
            assert table.find("v1", method, path)[0] is route, old.name


@pytest.mark.parametrize("function", TABLES)
def test_what_is_named_for_later_is_needed(function: str) -> None:
    """A path that nothing is below of, or a module that INIT has loaded, would be a mistake."""
    for path in TABLES[function].later:
        table = fresh(function)
        before = len(table.loaded)
        table.methods("", filled(path) + "/more")
        assert len(table.loaded) > before, path
