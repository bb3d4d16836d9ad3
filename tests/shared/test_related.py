"""`include=`: related data in the same answer, in one statement, and only for the right eyes."""

from typing import Any, Literal, get_args, get_origin

import pytest

from infra.openapi.routes import all_routes
from shared.models import included_fields
from shared.routing import Route
from shared.sql import Statement
from tests.campus import Answer, Campus, User, pages
from tests.proofs.recipes import leaves
from tests.proofs.routes import route_id

INCLUDING = [r for r in all_routes() if r.query and "include" in r.query[1].model_fields]
DUE = "2030-01-10T10:00:00Z"


def choices(route: Route) -> set[str]:
    assert route.query
    annotation = route.query[1].model_fields["include"].annotation
    literals = [leaf for leaf in leaves(annotation) if get_origin(leaf) is Literal]
    return {name for literal in literals for name in get_args(literal)}


def statements(route: Route) -> list[Statement]:
    """The statements that a route's function names and that say what can be included."""
    sql: Any = route.handler.__globals__["sql"]
    names = route.handler.__code__.co_names
    return [found for found in sql if found.name in names and found.includes]


@pytest.mark.parametrize("route", INCLUDING, ids=route_id)
def test_what_can_be_asked_for_is_in_statement_and_answer(route: Route):
    assert route.result
    assert statements(route)
    for statement in statements(route):
        assert set(statement.includes) == choices(route)
    assert choices(route) <= included_fields(route.result)


def test_every_included_field_can_be_asked_for_somewhere():
    models = {route.result for route in all_routes() if route.result}
    asked = {(route.result, name) for route in INCLUDING for name in choices(route)}
    whole = {(model, name) for model in models for name in included_fields(model)}
    lacking = {(m, n) for m, n in whole - asked if not any(issubclass(m, a) for a, _ in asked)}
    assert lacking == set()


@pytest.fixture
def course(campus: Campus, user: User) -> str:
    body = {"title": "Logic", "code": "CS 1", "color": "#336699"}
    return campus.call("POST", "/v2/courses", user, body).data["id"]


def assignment(campus: Campus, user: User, **fields: Any) -> dict[str, Any]:
    body = {"title": "Essay", "dueAt": DUE, **fields}
    return campus.call("POST", "/v2/tasks/assignments", user, body).data


def trips(campus: Campus, answer: Answer) -> int:
    assert answer.status == 200, answer.text
    return campus.lines[-1]["db_round_trips"]


def test_the_number_of_statements_does_not_grow_with_the_data(
    campus: Campus, course: str, user: User
):
    path = "/v2/tasks/assignments?include=course,parent&limit=100"
    parent = assignment(campus, user, courseId=course)
    one = trips(campus, campus.call("GET", path, user))
    for number in range(9):
        assignment(campus, user, title=f"Part {number}", courseId=course, parentId=parent["id"])
    answer = campus.call("GET", path, user)
    assert (trips(campus, answer), len(answer.data)) == (one, 10)
    assert one == 1  # of somebody who was admitted before
    for found in answer.data:
        assert found["course"]["title"] == "Logic"
        assert (found["parent"] or {}).get("id") == found["parentId"]


def test_what_is_included_is_whole_and_only_there_when_asked_for(
    campus: Campus, course: str, user: User
):
    made = assignment(campus, user, courseId=course)
    path = f"/v2/tasks/assignments/{made['id']}"
    plain = campus.call("GET", path, user)
    assert "course" not in plain.data
    answer = campus.call("GET", f"{path}?include=course", user)
    assert answer.data["course"] == {
        "id": course, "title": "Logic", "code": "CS 1", "color": "#336699", "status": "published",
    }  # fmt: skip
    assert {k: v for k, v in answer.data.items() if k != "course"} == plain.data


def test_included_data_goes_with_fields_paging_and_etags(campus: Campus, course: str, user: User):
    for number in range(5):
        assignment(campus, user, title=f"Part {number}", courseId=course)
    path = "/v2/tasks/assignments?include=course&fields=title&sort=-title"
    found = [item for page in pages(campus, path, user, 2) for item in page]
    assert [item["title"] for item in found] == [f"Part {n}" for n in (4, 3, 2, 1, 0)]
    assert {frozenset(item) for item in found} == {frozenset({"id", "title", "course"})}

    one = f"/v2/tasks/assignments/{found[0]['id']}?include=course&fields=title"
    first = campus.call("GET", one, user)
    assert set(first.data) == {"id", "title", "course"}
    tag = {"If-None-Match": first.headers["ETag"]}
    assert campus.call("GET", one, user, headers=tag).status == 304
    renamed = campus.call("PATCH", f"/v2/courses/{course}", user, {"title": "Sets"})
    assert renamed.status == 200
    again = campus.call("GET", one, user, headers=tag)
    assert (again.status, again.data["course"]["title"]) == (200, "Sets")
    # What was read can be written: the tag's version is the assignment's own.
    changed = campus.call(
        "PATCH", one.partition("?")[0], user, {"title": "x"}, {"If-Match": again.headers["ETag"]}
    )
    assert changed.status == 200


@pytest.mark.parametrize(
    "asked", ["include=owner", "include=", "include=course,", "fields=course", "fields=user_id"]
)
def test_what_is_not_offered_is_refused(campus: Campus, user: User, asked: str):
    made = assignment(campus, user)
    for path in ("/v2/tasks/assignments", f"/v2/tasks/assignments/{made['id']}"):
        answer = campus.call("GET", f"{path}?{asked}", user)
        assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
        pointer = answer.json["error"]["details"]["errors"][0]["pointer"]
        assert pointer.split("/")[1] == asked.partition("=")[0]


def test_a_deleted_course_is_null_though_its_items_have_not_followed_yet(
    campus: Campus, course: str, user: User
):
    made = assignment(campus, user, courseId=course)
    assert campus.call("DELETE", f"/v2/courses/{course}", user).status == 204
    answer = campus.call("GET", f"/v2/tasks/assignments/{made['id']}?include=course", user)
    assert (answer.data["courseId"], answer.data["course"]) == (course, None)


def test_a_foreign_course_is_null(campus: Campus, user: User):
    other = campus.user()
    theirs = campus.call("POST", "/v2/courses", other, {"title": "Secret"}).data["id"]
    made = assignment(campus, user)
    campus.admin.execute("update assignment set course_id = %s where id = %s", (theirs, made["id"]))
    [found] = campus.call("GET", "/v2/tasks/assignments?include=course,parent", user).data
    assert (found["course"], found["parent"]) == (None, None)


def test_names_are_spelled_as_the_version_spells_fields(campus: Campus, course: str, user: User):
    body = {"topic": "Sets", "startsAt": DUE, "courseId": course}
    campus.call("POST", "/v2/tasks/study-sessions", user, body)
    answer = campus.call("GET", f"/v2/courses/{course}?include=studySessions,lessons", user)
    assert [found["topic"] for found in answer.data["studySessions"]] == ["Sets"]
    assert answer.data["studySessions"][0]["startsAt"] == DUE
    assert answer.data["lessons"] == []


def test_version_1_joins_the_course_as_its_predecessor_did(campus: Campus, course: str, user: User):
    made = assignment(campus, user, courseId=course)
    joined = {"id": course, "course_name": "Logic", "course_code": "CS 1"}
    for path in (
        "/v1/tasks/assignments?include=course",
        "/functions/v1/assignments-system/list",
        f"/functions/v1/assignments-system/get/{made['id']}",
    ):
        data = campus.call("GET", path, user).data
        assert (data[0] if isinstance(data, list) else data)["courses"] == joined, path
    assert "courses" not in campus.call("GET", "/v1/tasks/assignments", user).data[0]
    assert campus.call("GET", "/v1/tasks/assignments?include=parent", user).status == 400


def test_one_course_of_version_1_has_its_assignments_and_lectures(
    campus: Campus, course: str, user: User
):
    made = assignment(campus, user, courseId=course, status="submitted")
    lecture = {
        "title": "Proofs", "courseId": course, "startLocal": "2030-01-10T10:00", "location": "A 1",
        "recurrence": "FREQ=WEEKLY;COUNT=16", "durationMinutes": 90,
    }  # fmt: skip
    campus.call("POST", "/v2/tasks/lectures", user, lecture)
    for path in (f"/v1/courses/{course}", f"/functions/v1/courses/{course}"):
        data = campus.call("GET", path, user).data
        [work], [taught] = data["assignments"], data["lectures"]
        assert (work["id"], work["completed"], work["due_date"]) == (made["id"], True, DUE)
        assert taught["lecture_name"] == "Proofs"
        assert (taught["start_time"], taught["end_time"]) == (DUE, "2030-01-10T11:30:00Z")
        assert (taught["is_recurring"], taught["recurring_pattern"]) == (True, "weekly")
        assert {"sections", "lessons", "study_sessions"}.isdisjoint(data)
