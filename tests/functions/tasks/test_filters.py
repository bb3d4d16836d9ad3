"""What the lists of items are narrowed to, and what is counted."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.campus import Campus, User

DUE = "2030-01-10T10:00:00Z"
LATER = "2030-02-10T10:00:00Z"


@pytest.fixture
def course(campus: Campus, user: User) -> str:
    return campus.call("POST", "/v2/courses", user, {"title": "Logic"}).data["id"]


def make(campus: Campus, user: User, kind: str, **fields: Any) -> str:
    least = {
        "assignments": {"title": "Essay", "dueAt": DUE},
        "lectures": {"title": "Lecture", "startLocal": "2030-01-10T10:00"},
        "study-sessions": {"topic": "Trees", "startsAt": DUE},
    }
    made = campus.call("POST", f"/v2/tasks/{kind}", user, {**least[kind], **fields})
    assert made.status == 201, made.text
    return made.data["id"]


def found(campus: Campus, user: User, path: str, **asked: str) -> set[str]:
    answer = campus.call("GET", f"{path}?{urlencode(asked)}", user)
    assert answer.status == 200, answer.text
    return {item["id"] for item in answer.data}


def test_assignments_are_found_by_what_they_say(campus: Campus, user: User):
    essay = make(campus, user, "assignments", tags=["exam", "ethics"], submissionMethod="online")
    part = make(campus, user, "assignments", parentId=essay, tags=["draft"])
    late = make(campus, user, "assignments", dueAt="2020-01-10T10:00:00Z")
    done = make(campus, user, "assignments", dueAt="2020-01-10T10:00:00Z", status="submitted")
    for asked, wanted in [
        ({"tags": "exam,draft"}, {essay, part}),
        ({"tags": "exa"}, set()),
        ({"tags": "'}"}, set()),
        ({"parentId": essay}, {part}),
        ({"submissionMethod": "online,in_person"}, {essay}),
        ({"missing": "true"}, {late}),
        ({"completedAfter": "2021-01-01T00:00:00Z"}, {done}),
        ({"completedBefore": "2021-01-01T00:00:00Z"}, set()),
        ({"missing": "false", "tags": "exam"}, {essay}),
    ]:
        assert found(campus, user, "/v2/tasks/assignments", **asked) == wanted, asked


def test_lectures_and_sessions_are_found_by_what_they_are(campus: Campus, course: str, user: User):
    weekly = {"courseId": course, "recurrence": "FREQ=WEEKLY;COUNT=2"}
    series = make(campus, user, "lectures", **weekly)
    once = make(campus, user, "lectures", courseId=course)
    assert found(campus, user, "/v2/tasks/lectures", recurring="true") == {series}
    assert found(campus, user, "/v2/tasks/lectures", recurring="false") == {once}
    spaced = make(campus, user, "study-sessions", spacedRepetition=True, technique="pomodoro")
    plain = make(campus, user, "study-sessions")
    path = "/v2/tasks/study-sessions"
    assert found(campus, user, path, spacedRepetition="true") == {spaced}
    assert found(campus, user, path, technique="free") == {plain}


def test_items_are_counted_by_kind_course_and_time(campus: Campus, course: str, user: User):
    make(campus, user, "assignments", courseId=course)
    make(campus, user, "assignments", dueAt=LATER)
    make(campus, user, "lectures", courseId=course)
    make(campus, user, "study-sessions")
    for asked, total in [
        ({}, 4),
        ({"kind": "assignment"}, 2),
        ({"kind": "assignment,lecture", "courseIds": course}, 2),
        ({"courseIds": f"{course},{course}"}, 2),
        ({"kind": "assignment", "after": LATER}, 1),
        ({"createdBefore": "2020-01-01T00:00:00Z"}, 0),
    ]:
        answer = campus.call("GET", f"/v2/tasks/count?{urlencode(asked)}", user)
        assert answer.data["total"] == total, asked


@pytest.mark.parametrize(
    ("table", "filters", "count"),
    [
        ("assignments", None, 2),
        ("assignments", {"eq": {"completed": False}, "gte": {"due_date": LATER}}, 1),
        ("assignments", {"lte": {"due_date": DUE}}, 1),
        ("assignments", {"eq": {"course_id": "{course}", "deleted_at": None}}, 1),
        ("assignments", {"in": {"course_id": ["{course}"]}}, 1),
        ("lectures", {"gte": {"lecture_date": DUE}, "lte": {"created_at": LATER}}, 1),
        ("study_sessions", {"eq": {"completed": True}}, 0),
    ],
    ids=str,
)
def test_the_predecessors_tables_are_counted(
    campus: Campus, course: str, user: User, table: str, filters: Any, count: int
):
    make(campus, user, "assignments", courseId=course)
    make(campus, user, "assignments", dueAt=LATER)
    make(campus, user, "lectures", courseId=course)
    make(campus, user, "study-sessions")
    text = json.dumps(filters).replace("{course}", course)
    asked = {"table": table, **({"filters": text} if filters else {})}
    path = "/functions/v1/api-v2/queries/count"
    assert campus.call("GET", f"{path}?{urlencode(asked)}", user).data["count"] == count
    body = {"table": table, **({"filters": json.loads(text)} if filters else {})}
    assert campus.call("POST", path, user, body).data["count"] == count


@pytest.mark.parametrize(
    "asked",
    [
        {"table": "app_user"},
        {"table": "assignments; drop table assignment"},
        {"filters": "[]"},
        {"filters": "{"},
        {"filters": '{"eq": []}'},
        {"filters": '{"eq": {"title": "x"}}'},
        {"filters": '{"like": {"course_id": "%"}}'},
        {"filters": '{"lte": {"due_date": "9999-12-31T23:59:59.999999+00:00"}}'},
        {"filters": '{"gte": {"due_date": {}}}'},
        {"filters": '{"in": {"course_id": "x"}}'},
        {"filters": "[" * 5000},
    ],
    ids=lambda asked: str(asked)[:60],
)
def test_what_cannot_be_counted_is_refused(campus: Campus, user: User, asked: dict[str, str]):
    path = f"/functions/v1/api-v2/queries/count?{urlencode(asked)}"
    answer = campus.call("GET", path, user)
    assert (answer.status, answer.error) == (400, "VALIDATION_ERROR")
    [error] = answer.json["error"]["details"]["errors"]
    assert error["pointer"].split("/")[1] in (*asked, "course_ids", "after", "before")


def test_an_old_name_takes_the_id_from_body_or_query(campus: Campus, user: User):
    made = make(campus, user, "assignments")
    path = "/functions/v1/api-v2/assignments/get"
    for answer in (
        campus.call("GET", f"{path}?id={made}", user),
        campus.call("GET", f"{path}?assignmentId={made}&fields=title", user),
        campus.call("POST", path, user, {"assignment_id": made}),
        campus.call("GET", f"{path}?id={made}", user, headers={"X-API-Version": "v2"}),
    ):
        assert (answer.status, answer.data["id"]) == (200, made)
    assert campus.call("GET", path, user).status == 400
    assert campus.call("GET", f"{path}?id=%ff", user).status == 400


def test_the_trash_of_everything_has_courses_too(campus: Campus, course: str, user: User):
    essay = make(campus, user, "assignments", courseId=course)
    alone = make(campus, user, "study-sessions")
    campus.call("DELETE", f"/v2/tasks/study-sessions/{alone}", user)
    campus.call("DELETE", f"/v2/courses/{course}", user)
    assert campus.deliver() == []
    things = campus.call("GET", "/v2/tasks/trash/all", user).data
    assert {(item["kind"], item["id"]) for item in things} == {
        ("course", course), ("assignment", essay), ("study_session", alone),
    }  # fmt: skip
    assert things[-1]["id"] == alone
    assert len({item["deletionId"] for item in things}) == 2
    assert found(campus, user, "/v2/tasks/trash/all", kind="course") == {course}
    old = campus.call("GET", "/functions/v1/api-v2/queries/deleted-items", user)
    assert {item["type"] for item in old.data} == {"course", "assignment", "study_session"}
    assert campus.call("GET", "/v2/tasks/trash/all", campus.user()).data == []
