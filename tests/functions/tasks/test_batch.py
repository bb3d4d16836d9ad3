"""Several operations in one request."""

from typing import Any

import pytest

from tests.campus import Campus, User
from tests.functions.tasks.planning import KINDS, body, create, keyed, live

PATH = "/v2/tasks/batch"


def operation(action: str, kind: str = "assignment", **fields: Any) -> dict[str, Any]:
    return {"action": action, "kind": kind, **fields}


def run(campus: Campus, user: User, *operations: dict[str, Any], **fields: Any):
    return keyed(campus, "POST", PATH, user, {"operations": list(operations), **fields})


def test_all_actions_on_all_kinds(campus: Campus, user: User):
    made = {kind: create(campus, user, kind) for kind in KINDS}
    ids = {kind: item["id"] for kind, item in made.items()}
    campus.call("POST", f"/v2/tasks/study-sessions/{ids['study_session']}/start", user)
    answer = run(
        campus,
        user,
        *(operation("create", kind, data=body(campus, user, kind)) for kind in KINDS),
        *(operation("update", kind, id=ids[kind], data={"reminders": []}) for kind in KINDS),
        operation("complete", "assignment", id=ids["assignment"]),
        operation("complete", "study_session", id=ids["study_session"]),
        *(operation("delete", kind, id=ids[kind]) for kind in KINDS),
        operation("restore", "lecture", id=ids["lecture"]),
    )
    assert answer.status == 200, answer.text
    statuses = [outcome["status"] for outcome in answer.data["results"]]
    assert statuses == [201] * 3 + [200] * 5 + [204] * 3 + [200]
    assert answer.data["results"][6]["data"]["status"] == "submitted"
    created = {outcome["data"]["id"] for outcome in answer.data["results"][:3]}
    assert live(campus, user) == created | {ids["lecture"]}
    assert {"assignment.completed", "study_session.finished"} <= set(campus.types(user))


def test_one_that_fails_leaves_the_others_alone(campus: Campus, user: User):
    made, other = create(campus, user), campus.user()
    foreign = create(campus, other)
    answer = run(
        campus,
        user,
        operation("update", id=made["id"], data={"title": "Renamed"}),
        operation("delete", id=foreign["id"]),
        operation("create", data={"title": "", "dueAt": "soon"}),
        operation("update", "study_session", id=made["id"], data={"topic": "No session"}),
        operation("update", id=made["id"], version=1, data={"title": "Stale"}),
    )
    assert answer.status == 207, answer.text
    results = answer.data["results"]
    assert [outcome["status"] for outcome in results] == [200, 404, 422, 404, 412]
    errors = results[2]["error"]["details"]["errors"]
    assert [error["pointer"] for error in errors] == [
        "/operations/2/data/dueAt",
        "/operations/2/data/title",
    ]
    title = campus.call("GET", f"/v2/tasks/assignments/{made['id']}", user).data["title"]
    assert title == "Renamed"
    assert live(campus, other) == {foreign["id"]}


def test_a_rule_that_the_database_keeps_fails_alone_too(campus: Campus, user: User):
    session = create(campus, user, "study_session")
    early = {"endsAt": "2026-01-01T00:00:00Z"}
    answer = run(
        campus,
        user,
        operation("update", "study_session", id=session["id"], data=early),
        operation("create", data=body(campus, user, "assignment")),
    )
    assert [outcome["status"] for outcome in answer.data["results"]] == [422, 201]


def test_atomic_is_all_or_nothing(campus: Campus, user: User):
    made = create(campus, user)
    before = campus.types(user)
    answer = run(
        campus,
        user,
        operation("create", data=body(campus, user, "assignment")),
        operation("delete", "lecture", id=made["id"]),
        atomic=True,
    )
    assert (answer.status, answer.error) == (404, "NOT_FOUND")
    assert answer.json["error"]["details"]["index"] == 1
    assert live(campus, user) == {made["id"]}
    assert campus.types(user) == before


def test_the_plans_limit_holds_inside_a_batch(campus: Campus, user: User):
    creates = [operation("create", data=body(campus, user, "assignment")) for _ in range(16)]
    answer = run(campus, user, *creates)
    statuses = [outcome["status"] for outcome in answer.data["results"]]
    assert statuses == [201] * 15 + [403]
    assert answer.data["results"][15]["error"]["code"] == "TASK_LIMIT_EXCEEDED"
    assert len(live(campus, user)) == 15


def test_a_batch_takes_effect_once(campus: Campus, user: User):
    given = {"operations": [operation("create", data=body(campus, user, "assignment"))]}
    key = {"Idempotency-Key": "batch-1"}
    first, again = (campus.call("POST", PATH, user, given, key) for _ in range(2))
    assert first.text == again.text
    assert len(live(campus, user)) == 1
    assert campus.call("POST", PATH, user, given).error == "IDEMPOTENCY_KEY_REQUIRED"


def test_a_batch_counts_as_what_it_holds(campus: Campus, user: User):
    missing = operation("delete", id="01a1fcc0-b0c5-75c7-8d0a-28de981e6cfb")
    first, second = run(campus, user, missing), run(campus, user, *[missing] * 40)
    left = [int(answer.headers["X-RateLimit-Remaining"]) for answer in (first, second)]
    assert left[0] - left[1] == 40


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [operation("create", id="01a1fcc0-b0c5-75c7-8d0a-28de981e6cfb", data={})],
        [operation("update", data={})],
        [operation("delete")],
        [operation("complete", "lecture", id="01a1fcc0-b0c5-75c7-8d0a-28de981e6cfb")],
        [operation("purge", id="01a1fcc0-b0c5-75c7-8d0a-28de981e6cfb")],
        [operation("create", data={"points": 10**400})] * 51,
    ],
)
def test_what_is_no_batch_is_refused(campus: Campus, user: User, wrong: list[Any]):
    assert run(campus, user, *wrong).status == 422


@pytest.mark.parametrize("value", [10**30, float(10**300), {"a": [[[]]]}, "\u0000", None])
def test_hostile_data_is_an_error_of_its_operation(campus: Campus, user: User, value: Any):
    data = {**body(campus, user, "assignment"), "points": value, "title": value}
    answer = run(campus, user, operation("create", data=data))
    assert answer.status == 207, answer.text
    assert answer.data["results"][0]["status"] == 422


def test_v1_speaks_v1_inside(campus: Campus, user: User):
    data = {"title": "Essay", "due_date": "2027-01-01T10:00:00Z", "completed": True}
    given = {"operations": [{"action": "create", "type": "assignment", "data": data}]}
    answer = keyed(campus, "POST", "/v1/tasks/batch", user, given)
    assert answer.status == 200, answer.text
    (outcome,) = answer.data["results"]
    assert outcome["data"]["due_date"] == "2027-01-01T10:00:00Z"
    assert outcome["data"]["completed"] is True
    wrong = {**data, "due_date": "soon"}
    given = {"operations": [{"action": "create", "type": "assignment", "data": wrong}]}
    answer = keyed(campus, "POST", "/v1/tasks/batch", user, given)
    (error,) = answer.data["results"][0]["error"]["details"]["errors"]
    assert error["pointer"] == "/operations/0/data/due_date"


def test_lists_are_read_in_a_batch_too(campus: Campus, user: User):
    made = [create(campus, user, title=f"Essay {n}")["id"] for n in range(3)]
    answer = run(
        campus,
        user,
        operation("create", data={"title": "Essay 3", "dueAt": "2030-01-10T10:00:00Z"}),
        operation("list", data={"sort": "title", "limit": 2, "fields": "title"}),
        operation("list", data={"status": ["todo"], "include": "course"}),
        operation("list", "lecture"),
        operation("list", data={"limit": 1000}),
        operation("list", data={"owner": "me"}),
    )
    results = answer.data["results"]
    assert [outcome["status"] for outcome in results] == [201, 200, 200, 200, 422, 422]
    first = results[1]["data"]
    assert [item["title"] for item in first["data"]] == ["Essay 0", "Essay 1"]
    assert {item["id"] for item in results[2]["data"]["data"]} >= {*made}
    assert all(item["course"] is None for item in results[2]["data"]["data"])
    assert results[3]["data"] == {
        "data": [], "pageInfo": {"hasNextPage": False, "endCursor": None},
    }  # fmt: skip
    pointers = [outcome["error"]["details"]["errors"][0]["pointer"] for outcome in results[4:]]
    assert pointers == ["/operations/4/data/limit", "/operations/5/data/owner"]
    cursor = first["pageInfo"]["endCursor"]
    path = f"/v2/tasks/assignments?sort=title&cursor={cursor}"
    assert len(campus.call("GET", path, user).data) == 2


@pytest.mark.parametrize("name", ["batch-operations", "tasks/batch"])
def test_the_predecessors_batches_are_answered_but_for_courses(
    campus: Campus, user: User, name: str
):
    old = {"title": "Essay", "due_date": "2030-01-10T10:00:00Z"}
    operations = [
        {"action": "create", "type": "assignment", "data": old},
        {"action": "create", "type": "course", "data": {"course_name": "Logic"}},
        {"action": "list", "type": "assignment", "data": {"completed": False, "page": 1}},
        {"action": "list", "type": "assignment", "data": {"page_size": 1, "page": 2}},
    ]
    answer = keyed(campus, "POST", f"/functions/v1/{name}", user, {"operations": operations})
    assert answer.status == 207, answer.text
    made, refused, listed, beyond = answer.data["results"]
    assert (refused["status"], refused["error"]["code"]) == (410, "GONE")
    assert refused["error"]["details"]["successor"] == "/v2/courses/batch"
    assert [item["id"] for item in listed["data"]["data"]] == [made["data"]["id"]]
    assert listed["data"]["pagination"]["page_size"] == 50
    assert (beyond["data"]["data"], beyond["data"]["pagination"]["total"]) == ([], 1)
