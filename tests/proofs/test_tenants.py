"""No tenant crossing: real ids of another tenant, in every path, body, query, header and cursor.

What the victim has is the same before and after, and nothing of it is in an answer or is kept by
the attacker. A new kind of id fails here until it is known how a victim gets one.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from shared import limits
from shared.ids import uuid7
from shared.models import Model, nested_models
from shared.routing import Route
from tests.campus import Answer, Campus, User
from tests.proofs.bodies import LOCAL, MOMENT, body_for
from tests.proofs.routes import every_route, path_of, route_id
from tests.proofs.victim import Victim, owned_tables

ROUTES = every_route()
# Ids that name no record of a tenant, or one that only staff may name.
NOBODYS = {"function", "version", "asset", "name", "provider", "token", "kind", "platform"}
OF_STAFF = {"user_id", "actor", "user"}
WITH_IDS = [
    item
    for item in ROUTES
    if set(item[2].parameters) - NOBODYS - OF_STAFF and item[2].access == "user"
]


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    monkeypatch.setattr(limits, "PER_ADDRESS", 10**9)


@pytest.fixture(scope="module")
def victim(campus: Campus) -> Victim:
    return Victim(campus)


@pytest.fixture(scope="module")
def attackers(campus: Campus) -> dict[str, dict[str, str]]:
    """A person, an administrator on the paths of people, and an API key for everything."""
    person = campus.user(tier="premium")
    body = {"name": "x", "scopes": ["*"]}
    key = campus.call("POST", "/v2/users/me/api-keys", person, body).data["key"]
    return {
        "person": person.headers,
        "administrator": campus.user(role="admin").headers,
        "key": {"x-api-key": key},
    }


@pytest.fixture(autouse=True)
def _untouched(campus: Campus, victim: Victim) -> Iterator[None]:
    before = victim.state()
    yield
    assert victim.state() == before
    for table in owned_tables(campus):
        if table != "event":  # its own facts tell which ids were asked for, but not whose they are
            foreign = campus.rows(
                f"select 1 from {table} t where user_id <> %s and t::text ~ %s",
                victim.user.id,
                "|".join(sorted(victim.all_ids)),
            )
            assert not foreign, f"{table} holds an id of the victim for somebody else"


def refused(victim: Victim, answer: Answer, sent: str, where: str) -> None:
    assert answer.status in (400, 403, 404, 409, 422), f"{where}: {answer.status} {answer.text}"
    nothing_of(victim, answer, sent, where)


def nothing_of(victim: Victim, answer: Answer, sent: str, where: str) -> None:
    """No id but those that were sent, and no content."""
    told = answer.text + json.dumps(answer.headers)
    leaked = {value for value in victim.all_ids if value in told and value not in sent}
    assert not leaked, f"{where}: {leaked}"
    assert victim.user.email not in told


def body_of(route: Route) -> dict[str, Any] | None:
    return body_for(route.body[1]) if route.body else None


@pytest.mark.parametrize(("domain", "version", "route"), WITH_IDS, ids=route_id)
def test_a_foreign_id_in_a_path_is_as_good_as_none(
    campus: Campus,
    victim: Victim,
    attackers: dict[str, dict[str, str]],
    domain: str,
    version: str,
    route: Route,
):
    (name,) = set(route.parameters) - NOBODYS
    body = body_of(route) if version != "v1" else ({} if route.body else None)
    kinds = {"kind": "assignment"} if "kind" in route.parameters else {}
    for kind, headers in attackers.items():
        for value in victim.ids_of(name):
            path = path_of(version, route, {name: value, **kinds})
            for precondition in ({}, {"If-Match": f'"{version}-1"'}):
                given = {"Idempotency-Key": str(uuid7()), **headers, **precondition}
                answer = campus.call(route.method, path, body=body, headers=given)
                where = f"{kind}: {route.method} {path} {precondition}"
                assert answer.status in (403, 404, 412), f"{where}: {answer.status} {answer.text}"
                nothing_of(victim, answer, path, where)


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
    attacker = campus.user(tier="premium")
    own = own_path(campus, attacker, route)
    for sent in foreign_bodies(victim, route.body[1]):
        headers = {"Idempotency-Key": str(uuid7())}
        answer = campus.call(route.method, own, attacker, sent, headers)
        where = f"{route.method} {route.path} {json.dumps(sent)[:300]}"
        if answer.status < 300:  # a batch tells of each item
            assert answer.status == 207, where
            assert answer.data["succeeded"] == 0, where
            nothing_of(victim, answer, json.dumps(sent), where)
        else:
            refused(victim, answer, json.dumps(sent), where)


def own_path(campus: Campus, attacker: User, route: Route) -> str:
    """The route's path with the attacker's own record."""
    if not route.parameters:
        return path_of("v2", route)
    mine = {
        "assignment_id": ("/v2/tasks/assignments", {"title": "x", "dueAt": MOMENT}),
        "study_session_id": ("/v2/tasks/study-sessions", {"topic": "x", "startsAt": MOMENT}),
        "lecture_id": ("/v2/tasks/lectures", {"title": "x", "startLocal": LOCAL}),
    }
    (name,) = route.parameters
    path, body = mine[name]
    if name == "lecture_id":
        course = campus.call("POST", "/v2/courses", attacker, {"title": "Own"}).data["id"]
        body = {**body, "courseId": course}
    made = campus.call("POST", path, attacker, body)
    return path_of("v2", route, {name: made.data["id"]})


def foreign_bodies(victim: Victim, model: type[Model]) -> Iterator[dict[str, Any]]:
    """The valid body with one id after another replaced by each of the victim's."""
    if model.__name__ in COMPOSED:
        yield from COMPOSED[model.__name__](victim)
        return
    for name in id_fields(model):
        for value in victim.ids_of(name):
            wire = model.model_fields[name].alias or name
            yield {**body_for(model), wire: value}


def _restorations(victim: Victim) -> Iterator[dict[str, Any]]:
    for deletion in victim.deletion_id:
        yield {"deletionId": deletion}
    for kind in ("assignment", "lecture", "study_session"):
        for value in victim.item_id:
            yield {"kind": kind, "id": value}


def _trash_batches(victim: Victim) -> Iterator[dict[str, Any]]:
    for action in ("RESTORE", "DELETE_PERMANENTLY"):
        for kind in ("assignment", "lecture", "study_session"):
            yield {
                "action": action,
                "items": [{"kind": kind, "id": value} for value in victim.item_id],
            }


def _batches(victim: Victim) -> Iterator[dict[str, Any]]:
    course, parent = victim.course_id[0], victim.assignment_id[0]
    items = {
        "assignment": ({"title": "x", "dueAt": MOMENT}, victim.assignment_id),
        "lecture": ({"title": "x", "startLocal": LOCAL}, victim.lecture_id),
        "study_session": ({"topic": "x", "startsAt": MOMENT}, victim.study_session_id),
    }
    operations: list[dict[str, Any]] = [
        {"action": "create", "kind": "assignment",
         "data": {**items["assignment"][0], "parentId": parent}},
        {"action": "create", "kind": "study_session",
         "data": {**items["study_session"][0], "assignmentId": parent}},
    ]  # fmt: skip
    for kind, (data, ids) in items.items():
        operations.append({"action": "create", "kind": kind, "data": {**data, "courseId": course}})
        for value in ids:
            for action in ("update", "delete", "restore", "complete"):
                if (action, kind) != ("complete", "lecture"):
                    more = {"data": {"reminders": []}} if action == "update" else {}
                    operations.append({"action": action, "kind": kind, "id": value, **more})
    yield {"operations": operations}
    yield {"operations": operations, "atomic": True}


COMPOSED: dict[str, Callable[[Victim], Iterator[dict[str, Any]]]] = {
    "Restoration": _restorations,
    "TrashBatch": _trash_batches,
    "Batch": _batches,
}


@pytest.mark.parametrize(("domain", "version", "route"), IN_QUERIES, ids=route_id)
def test_a_foreign_id_in_a_query_finds_nothing(
    campus: Campus, victim: Victim, user: User, domain: str, version: str, route: Route
):
    model = route.query[1]
    for name in id_fields(model):
        wire = name if version == "v1" else model.model_fields[name].alias
        for value in victim.ids_of(name):
            path = f"{path_of(version, route)}?{wire}={value}"
            answer = campus.call("GET", path, user)
            assert answer.status == 200, (path, answer.text)
            nothing_of(victim, answer, "", path)


LISTS = [item for item in ROUTES if item[2].result_is_page and item[2].query]


@pytest.mark.parametrize(("domain", "version", "route"), LISTS, ids=route_id)
def test_a_foreign_cursor_opens_no_list(
    campus: Campus, victim: Victim, domain: str, version: str, route: Route
):
    attacker = campus.user(role="admin")
    for path in ("/v2/tasks/trash?limit=1", "/v2/tasks/trash?limit=1&kind=lecture,assignment"):
        position = victim.call("GET", path)
        cursor = position.json["pageInfo"]["endCursor"]
        assert cursor
        answer = campus.call("GET", f"{path_of(version, route)}?cursor={cursor}", attacker)
        assert (answer.status, answer.error) == (400, "INVALID_CURSOR"), route.path


def test_a_foreign_idempotency_key_replays_nothing(campus: Campus, victim: Victim, user: User):
    body, key = {"title": "x", "dueAt": MOMENT}, {"Idempotency-Key": "shared"}
    person = campus.user()
    first = campus.call("POST", "/v2/tasks/assignments", person, body, key)
    second = campus.call("POST", "/v2/tasks/assignments", user, body, key)
    assert (first.status, second.status) == (201, 201)
    assert first.data["id"] != second.data["id"]
    assert "Idempotency-Replayed" not in second.headers
