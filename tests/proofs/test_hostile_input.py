"""Bad input gets a clear error in the envelope and changes nothing: on every route, no 5xx.

Generated from the routes themselves: what is added later is proven without being named.
"""

import json
import os
import random
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

from shared import limits
from shared.routing import Route
from tests.campus import Answer, Campus, User
from tests.proofs.hostile import BODIES, HEADERS, METHODS, PATHS, QUERIES, VALUES, strict
from tests.proofs.routes import every_route, fields_of, path_of, route_id
from tests.things import domain_of

# CAMPUS_FUZZ=all takes everything for each route. Else one route of each domain and version does,
# as most of what reads a request is shared, and the others take a sample of their own.
EVERYTHING = os.environ.get("CAMPUS_FUZZ") == "all"
SEED = os.environ.get("CAMPUS_SEED", "campus")
SAMPLE = 6
Item = TypeVar("Item")


def handled_once(items: list[tuple[str, str, Route]]) -> list[tuple[str, str, Route]]:
    """Without second routes to the same function: PUT, where it means PATCH."""
    return list({(version, route.handler): (d, version, route) for d, version, route in items}
                .values())  # fmt: skip


ROUTES = every_route()
WITH_BODY = handled_once([item for item in ROUTES if item[2].body])
READS = [item for item in ROUTES if item[2].method == "GET"]


def some(
    corpus: Sequence[Item], version: str, route: Route, among: list[tuple[str, str, Route]]
) -> Sequence[Item]:
    """The whole corpus for the first of the routes of a domain and version; else a sample."""
    ours = [item for item in among if item[:2] == (domain_of(route), version)]
    if EVERYTHING or route is ours[0][2]:
        return corpus
    return random.Random(f"{SEED} {version} {route.method} {route.path}").sample(corpus, SAMPLE)


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    """Limits have tests of their own; here every request shall reach what it attacks."""
    monkeypatch.setattr(limits, "BY_TIER", dict.fromkeys(limits.BY_TIER, 10**9))
    monkeypatch.setattr(limits, "BY_KIND", dict.fromkeys(limits.BY_KIND, 10**9))
    for name in (
        "ANONYMOUS",
        "REFUSED_CREDENTIALS",
        "AUTH_PER_ADDRESS",
        "AUTH_PER_ACCOUNT",
        "PER_ADDRESS",
    ):
        monkeypatch.setattr(limits, name, 10**9)


@pytest.fixture(scope="module")
def attacker(campus: Campus) -> User:
    """An admin: nothing is refused for lack of a role before it is parsed."""
    return campus.user(role="admin", tier="premium")


def facts(campus: Campus, user: User) -> int:
    return campus.rows(
        "select count(*) from event where user_id = %s or actor_id = %s", user.id, str(user.id)
    )[0][0]


def check(answer: Answer, where: str) -> None:
    """Never a 5xx (but for a provider that is not there), always strict JSON, always enveloped."""
    assert answer.status < 500 or answer.error in ("EXTERNAL_SERVICE_ERROR",), (
        where,
        answer.status,
        answer.text[:300],
    )
    if answer.status >= 400 and answer.text:
        document: Any = strict(answer.text)
        if answer.headers["Content-Type"] == "application/problem+json":
            assert document["status"] == answer.status
            assert document["code"], where
        else:
            assert document["success"] is False, where
            assert document["error"]["code"], where
        assert document["requestId"].startswith("req_"), where


@pytest.mark.parametrize(("domain", "version", "route"), WITH_BODY, ids=route_id)
def test_no_body_breaks_a_route(campus: Campus, attacker: User, domain, version, route):
    path = path_of(version, route)
    for name, body in some(list(BODIES.items()), version, route, WITH_BODY):
        before = facts(campus, attacker)
        answer = campus.call(
            route.method,
            path,
            attacker,
            raw=body,
            headers={"Idempotency-Key": f"{name}".replace(" ", "-")},
        )
        check(answer, f"{path} {name}")
        if answer.status >= 400:
            assert facts(campus, attacker) == before, f"{path} {name} changed something"


@pytest.mark.parametrize(("domain", "version", "route"), WITH_BODY, ids=route_id)
def test_no_value_in_a_field_breaks_a_route(campus: Campus, attacker: User, domain, version, route):
    path, chance = path_of(version, route), random.Random(f"{SEED} {version} {route.path}")
    for field in fields_of(version, route):
        for value in VALUES if EVERYTHING else chance.sample(VALUES, SAMPLE):
            body = json.dumps({field: value}).encode()
            answer = campus.call(route.method, path, attacker, raw=body)
            check(answer, f"{path} {field}={value!r}"[:200])


@pytest.mark.parametrize(("domain", "version", "route"), READS, ids=route_id)
def test_no_query_breaks_a_route(campus: Campus, attacker: User, domain, version, route):
    for query in some(QUERIES, version, route, READS):
        answer = campus.call("GET", f"{path_of(version, route)}?{query}", attacker)
        check(answer, f"{route.path}?{query[:60]}")


@pytest.mark.parametrize(("domain", "version", "route"), ROUTES, ids=route_id)
def test_no_header_breaks_a_route(campus: Campus, attacker: User, domain, version, route):
    for headers in some(HEADERS, version, route, ROUTES):
        body = {} if route.body else None
        answer = campus.call(route.method, path_of(version, route), attacker, body, headers)
        check(answer, f"{route.path} {str(headers)[:60]}")


@pytest.mark.parametrize("method", ["GET", "POST", *METHODS])
def test_no_path_breaks_the_dispatch(campus: Campus, attacker: User, method: str):
    for path in PATHS:
        check(campus.call(method, path, attacker), f"{method} {path[:60]}")
