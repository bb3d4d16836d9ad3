"""No tenant crossing: real ids of another tenant, in every path, body, query, header and cursor.

What the victim has is the same before and after, and nothing of it is in an answer or is kept by
the attacker. A new kind of id fails here until it is known how a victim gets one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from infra.openapi.samples import request_sample
from infra.openapi.schemas import Schemas
from shared import limits
from shared.ids import uuid7
from shared.models import Model, nested_models
from shared.routing import Route
from shared.versions import versions
from tests.campus import Answer, Campus, User
from tests.proofs.planting import Plot
from tests.proofs.recipes import asked_for, joined, needed
from tests.proofs.routes import every_route, path_of, route_id
from tests.proofs.victim import Victim, owned_tables
from tests.things import MOMENT, body_for, domain_of, said

ROUTES = every_route()
# Ids that only staff may name.
OF_STAFF = {"user_id", "actor", "user"}


def ids_in_path(route: Route) -> list[str]:
    return [name for name, kind in route.parameters.items() if kind is UUID]


def valid_body(version: str, route: Route) -> dict[str, Any] | None:
    """A body that nothing is wrong with, in the version's own names."""
    if route.body is None:
        return None
    model = route.body[1]
    if version == "v2":
        return body_for(model)
    needed = any(info.is_required() for info in model.model_fields.values())
    return request_sample(Schemas(versions()[version], [model], []), model) if needed else {}


WITH_IDS = [
    item
    for item in ROUTES
    if ids_in_path(item[2]) and item[2].access == "user" and not item[2].roles
]


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    monkeypatch.setattr(limits, "PER_ADDRESS", 10**9)


@pytest.fixture(scope="module")
def victim(campus: Campus) -> Victim:
    return Victim(campus)


@dataclass(frozen=True)
class Attacker:
    """Somebody who is neither the owner nor a member, with things of their own."""

    plot: Plot
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"x-api-key": self.key} if self.key else self.plot.user.headers


@pytest.fixture(scope="module")
def attackers(campus: Campus) -> dict[str, Attacker]:
    """A person, an administrator on the paths of people, and an API key for everything."""
    person, staff = campus.user(tier="premium"), campus.user(role="admin")
    body = {"name": "x", "scopes": ["*"]}
    key = campus.call("POST", "/v2/users/me/api-keys", person, body).data["key"]
    own = Plot(campus, person)
    return {
        "person": Attacker(own),
        "administrator": Attacker(Plot(campus, staff)),
        "key": Attacker(own, key),
    }


@pytest.fixture(autouse=True)
def _untouched(victim: Victim) -> Iterator[None]:
    yield
    assert victim.state() == victim.before


@pytest.fixture(autouse=True, scope="module")
def _kept_by_nobody_else(campus: Campus, victim: Victim) -> Iterator[None]:
    """Looked for when all attacks are over: it reads every table."""
    yield
    own = {table for table, column in owned_tables(campus) if column == "owner_id"}
    for table, column in owned_tables(campus):
        # An event tells which ids were asked for, but not whose they are. What others are to the
        # victim's things belongs to the victim, too.
        if table != "event" and (column == "owner_id" or table not in own):
            foreign = campus.rows(
                f"select t::text from {table} t where {column} <> %s and t::text ~ %s",
                victim.user.id,
                "|".join(sorted(victim.all_ids)),
            )
            assert not foreign, f"{table} holds an id of the victim for somebody else: {foreign}"


def refused(victim: Victim, answer: Answer, sent: str, where: str) -> None:
    assert answer.status in (400, 403, 404, 409, 422), f"{where}: {answer.status} {answer.text}"
    nothing_of(victim, answer, sent, where)


def nothing_of(victim: Victim, answer: Answer, sent: str, where: str) -> None:
    """No id but those that were sent, and no content."""
    told = answer.text + json.dumps(answer.headers)
    leaked = {value for value in victim.all_ids if value in told and value not in sent}
    assert not leaked, f"{where}: {leaked}"
    assert victim.user.email not in told


@pytest.mark.parametrize(("domain", "version", "route"), WITH_IDS, ids=route_id)
def test_a_foreign_id_in_a_path_is_as_good_as_none(
    campus: Campus,
    victim: Victim,
    attackers: dict[str, Attacker],
    domain: str,
    version: str,
    route: Route,
):
    body = valid_body(version, route)
    for kind, attacker in attackers.items():
        for values in foreign_paths(victim, attacker.plot, route):
            path = path_of(version, route, values)
            for precondition in ({}, {"If-Match": f'"{version}-1"'}):
                given = {"Idempotency-Key": str(uuid7()), **attacker.headers, **precondition}
                answer = campus.call(
                    route.method, path, body=body if route.body else None, headers=given
                )
                where = f"{kind}: {route.method} {path} {precondition}"
                assert answer.status in (403, 404, 412), f"{where}: {answer.status} {answer.text}"
                nothing_of(victim, answer, path, where)


def foreign_paths(victim: Victim, own: Plot, route: Route) -> Iterator[dict[str, str]]:
    """The path with nothing but the victim's ids, and with each of them among the caller's own."""
    named = ids_in_path(route)
    others = {name: own.value(route, name) for name in route.parameters if name not in named}
    theirs = {name: victim.ids_of(name) for name in named}
    for name in named:
        for value in theirs[name]:
            yield {**others, **{other: ids[0] for other, ids in theirs.items()}, name: value}
            if len(named) > 1:
                yield {**own.values(route), name: value}


def id_fields(model: type[Model]) -> list[str]:
    """Fields that take an id: the model's own, and those of models within."""
    own = [name for name, info in model.model_fields.items() if UUID in parts(info.annotation)]
    return own + [name for inner in nested_models(model).values() for name in id_fields(inner)]


def parts(annotation: Any) -> set[Any]:
    inner = getattr(annotation, "__args__", ())
    return {annotation}.union(*(parts(part) for part in inner))


IN_BODIES = [item for item in ROUTES if item[2].body and id_fields(item[2].body[1])]
IN_QUERIES = [
    item for item in ROUTES if item[2].query and set(id_fields(item[2].query[1])) - OF_STAFF
]


@pytest.mark.parametrize(
    ("domain", "version", "route"), [i for i in IN_BODIES if i[1] == "v2"], ids=route_id
)
def test_a_foreign_id_in_a_body_links_to_nothing(
    campus: Campus, victim: Victim, domain: str, version: str, route: Route
):
    own = Plot(campus, campus.user(tier="premium"))
    path = path_of("v2", route, own.values(route))
    for sent in foreign_bodies(victim, own, route.body[1]):
        headers = {"Idempotency-Key": str(uuid7())}
        answer = campus.call(route.method, path, own.user, sent, headers)
        where = f"{route.method} {route.path} {json.dumps(sent)[:300]}"
        if answer.status < 300:  # a batch tells of each item
            assert answer.status == 207, where
            assert answer.data["succeeded"] == 0, where
            nothing_of(victim, answer, json.dumps(sent), where)
        else:
            refused(victim, answer, json.dumps(sent), where)


def foreign_bodies(victim: Victim, own: Plot, model: type[Model]) -> Iterator[dict[str, Any]]:
    """A valid body of the caller's own things, with one id after another of the victim's."""
    composed = said("FOREIGN").get(domain_of(model), {})
    if model.__name__ in composed:
        yield from composed[model.__name__](victim)
        return
    body = own.body(model)
    for at in places_of_ids(model, body):
        for value in victim.ids_of(at[-1][0]):
            yield replaced(body, [wire for _, wire in at], value)


def places_of_ids(model: type[Model], body: Any) -> Iterator[list[tuple[str, Any]]]:
    """Where a body has ids: the names of the fields and what they are called in it."""
    inner = nested_models(model)
    for name, info in model.model_fields.items():
        if name in inner and body.get(info.alias):
            value, at = body[info.alias], [(name, info.alias)]
            if isinstance(value, list):
                value, at = value[0], [*at, (name, 0)]
            yield from ([*at, *below] for below in places_of_ids(inner[name], value))
        elif UUID in parts(info.annotation):
            yield [(name, info.alias)]


def replaced(body: Any, at: list[Any], value: str) -> Any:
    """The body with a value (or a list of it, where there is a list) in one of its places."""
    if not at:
        return [value] if isinstance(body, list) else value
    inner = body[at[0]] if isinstance(body, list) else body.get(at[0])
    changed = replaced(inner, at[1:], value)
    return [changed, *body[1:]] if isinstance(body, list) else {**body, at[0]: changed}


@pytest.mark.parametrize(("domain", "version", "route"), IN_QUERIES, ids=route_id)
def test_a_foreign_id_in_a_query_finds_nothing(
    campus: Campus,
    victim: Victim,
    attackers: dict[str, Attacker],
    domain: str,
    version: str,
    route: Route,
):
    model, own = route.query[1], attackers["person"].plot
    for name in id_fields(model):
        for asked in asked_for(route, versions()[version], name, victim.ids_of(name)):
            path = f"{path_of(version, route, own.values(route))}?{asked}"
            answer = campus.call("GET", path, own.user)
            assert answer.status == 200, (path, answer.text)
            nothing_of(victim, answer, "", path)


LISTS = [item for item in ROUTES if item[2].result_is_page and item[2].query]


@pytest.mark.parametrize(("domain", "version", "route"), LISTS, ids=route_id)
def test_a_foreign_cursor_opens_no_list(
    campus: Campus,
    victim: Victim,
    attackers: dict[str, Attacker],
    domain: str,
    version: str,
    route: Route,
):
    own = attackers["administrator"].plot
    least = needed(route, versions()[version])
    for path in ("/v2/tasks/trash?limit=1", "/v2/tasks/trash?limit=1&kind=lecture,assignment"):
        position = victim.call("GET", path)
        cursor = position.json["pageInfo"]["endCursor"]
        assert cursor
        asked = f"{path_of(version, route, own.values(route))}?{joined(least, f'cursor={cursor}')}"
        answer = campus.call("GET", asked, own.user)
        assert (answer.status, answer.error) == (400, "INVALID_CURSOR"), route.path


def test_a_foreign_idempotency_key_replays_nothing(campus: Campus, victim: Victim, user: User):
    body, key = {"title": "x", "dueAt": MOMENT}, {"Idempotency-Key": "shared"}
    person = campus.user()
    first = campus.call("POST", "/v2/tasks/assignments", person, body, key)
    second = campus.call("POST", "/v2/tasks/assignments", user, body, key)
    assert (first.status, second.status) == (201, 201)
    assert first.data["id"] != second.data["id"]
    assert "Idempotency-Replayed" not in second.headers
