"""Several operations on courses in one request."""

from typing import Any

import pytest

from shared.ids import uuid7
from tests.campus import Answer, Campus, User
from tests.functions.courses.classes import classroom, course


def run(campus: Campus, user: User, *operations: dict[str, Any], **fields: Any) -> Answer:
    body = {"operations": list(operations), **fields}
    key = {"Idempotency-Key": str(uuid7())}
    return campus.call("POST", "/v2/courses/batch", user, body, key)


@pytest.fixture
def teacher(campus: Campus) -> User:
    return campus.user(tier="premium")


def test_all_actions_are_done_in_their_order(campus: Campus, teacher: User):
    kept, gone = course(campus, teacher), course(campus, teacher)
    answer = run(
        campus,
        teacher,
        {"action": "create", "data": {"title": "New"}},
        {"action": "update", "id": kept, "version": 1, "data": {"title": "Kept"}},
        {"action": "delete", "id": kept},
        {"action": "restore", "id": kept},
        {"action": "delete", "id": gone},
        {"action": "list", "data": {"sort": "title", "fields": "title"}},
    )
    assert answer.status == 200, answer.text
    results = answer.data["results"]
    assert [outcome["status"] for outcome in results] == [201, 200, 204, 200, 204, 200]
    assert [item["title"] for item in results[5]["data"]["data"]] == ["Kept", "New"]
    told = campus.types(teacher)[-5:]
    assert told == [f"course.{verb}" for verb in
                    ("created", "updated", "deleted", "restored", "deleted")]  # fmt: skip


def test_what_is_refused_leaves_the_others_alone_or_all(campus: Campus, teacher: User):
    theirs, student, _ = classroom(campus, teacher)
    mine = course(campus, student)
    operations = [
        {"action": "update", "id": mine, "data": {"title": "Renamed"}},
        {"action": "update", "id": theirs, "data": {"title": "Taken"}},
        {"action": "delete", "id": str(uuid7())},
        {"action": "create", "data": {"title": "x"}},
        {"action": "update", "id": mine, "version": 1, "data": {"title": "Stale"}},
    ]
    answer = run(campus, student, *operations, atomic=True)
    assert (answer.status, answer.json["error"]["details"]["index"]) == (403, 1)
    assert campus.call("GET", f"/v2/courses/{mine}", student).data["title"] == "Logic"
    told = campus.types(student)
    answer = run(campus, student, *operations)
    assert answer.status == 207
    assert [o["status"] for o in answer.data["results"]] == [200, 403, 404, 422, 412]
    assert answer.data["results"][3]["error"]["details"]["errors"][0]["pointer"] == (
        "/operations/3/data/title"
    )
    assert campus.types(student) == [*told, "course.updated"]


def test_the_plans_limit_counts_what_the_batch_has_made(campus: Campus, user: User):
    new = [{"action": "create", "data": {"title": f"Course {n}"}} for n in range(4)]
    answer = run(campus, user, *new)
    assert [o["status"] for o in answer.data["results"]] == [201, 201, 403, 403]
    assert len(campus.call("GET", "/v2/courses", user).data) == 2


def test_a_batch_costs_what_it_contains(campus: Campus, user: User):
    before = campus.call("GET", "/v2/courses", user)
    answer = run(campus, user, *[{"action": "list"}] * 20)
    left = [int(a.headers["X-RateLimit-Remaining"]) for a in (before, answer)]
    assert left[0] - left[1] >= 20
