"""The predecessor's paths: each name, with old bodies and answers, in the version asked for.

Generated from the routes that declare old names.
"""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.openapi.routes import all_routes
from infra.openapi.samples import request_sample
from infra.openapi.schemas import Schemas
from shared.ids import uuid7
from shared.old_names import DROPPED
from shared.routing import OLD_PATHS, Old, Route
from shared.versions import versions
from tests.campus import Answer, Campus, User
from tests.proofs.routes import path_of
from tests.shared.predecessor import ACTIONS_NOT_YET, NAMES, NOT_YET

DECLARED = [(old, route) for route in all_routes() for old in route.old]
VERSIONED = [(old, route) for old, route in DECLARED if not route.versionless]
DUE = "2027-01-10T10:00:00Z"
TOLD = ("X-API-Version", "Deprecation", "Sunset", "Link", "X-Deprecated-Version", "Location")
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NEW_ITEMS = {
    "assignment_id": ("tasks/assignments", {"title": "Essay", "dueAt": DUE}),
    "lecture_id": ("tasks/lectures", {"title": "Lecture", "startLocal": "2027-01-10T10:00"}),
    "study_session_id": ("tasks/study-sessions", {"topic": "Trees", "startsAt": DUE}),
}


def name_of(item: Any) -> str:
    return item.name if isinstance(item, Old) else ""


class Asker:
    """Somebody with a course and, for a route below an item, that item: in the trash where the
    route is about what lies there."""

    def __init__(self, campus: Campus, route: Route) -> None:
        self.campus = campus
        self.user = campus.user(role="admin")
        self.course = self._made("courses", {"title": "Course"})
        self.values = {name: self._value(name) for name in route.parameters}
        if route.path.endswith(("/restore", "/permanent")):
            name, text = next(iter(self.values.items()))
            where = NEW_ITEMS[name][0] if name in NEW_ITEMS else "courses"
            assert campus.call("DELETE", f"/v2/{where}/{text}", self.user).status == 204

    def body(self, version: str, route: Route) -> dict[str, Any] | None:
        """What the route takes, in a version."""
        if route.body is None:
            return None
        model = route.body[1]
        body = request_sample(Schemas(versions()[version], [model], []), model)
        ours: dict[str, Any] = {
            **dict.fromkeys(("course_id", "courseId"), self.course),
            **dict.fromkeys(("date_of_birth", "dateOfBirth"), "2000-01-01"),
            "username": f"u{uuid7().hex[-12:]}",
        }
        foreign = ("assignmentId", "parentId")
        return {name: ours.get(name, body[name]) for name in body if name not in foreign}

    def old_body(self, version: str, old: Old, route: Route) -> dict[str, Any] | None:
        """What the predecessor's client sent: what stands in the path now was in the body."""
        names = {newer: name for name, newer in old.fields.items()}
        body = self.body(version, route) or {}
        inside = {
            names.get(name, name): text
            for name, text in self.values.items()
            if f"{{{name}}}" not in old.name
        }
        return {**body, **inside} or None

    def _value(self, name: str) -> str:
        if name == "course_id":
            return self.course
        if name == "user_id":
            return str(self.campus.user().id)
        if name == "platform":
            return "ios"
        if name not in NEW_ITEMS:
            return str(uuid7())
        where, body = NEW_ITEMS[name]
        return self._made(where, {**body, "courseId": self.course})

    def _made(self, where: str, body: dict[str, Any]) -> str:
        answer = self.campus.call("POST", f"/v2/{where}", self.user, body)
        assert answer.status == 201, answer.text
        return answer.data["id"]


def outcome(answer: Answer) -> Any:
    """What an answer says, apart from its own ids and values."""
    body = json.loads(answer.text) if answer.text else {}
    said: Any = body.get("error") or body.get("data")
    if "error" not in body:
        said = [sorted(item) for item in (said if isinstance(said, list) else [said or {}])]
    told = {name: answer.headers.get(name) for name in TOLD}
    return answer.status, sorted(body), UUID_FORM.sub("<id>", json.dumps([said, told]))


def old_path(old: Old, values: dict[str, str]) -> str:
    path = OLD_PATHS + old.name
    for name, text in values.items():
        path = path.replace(f"{{{name}}}", text)
    return path


@pytest.mark.parametrize("asked", ["", "v1", "v2", "2"])
@pytest.mark.parametrize(("old", "route"), VERSIONED, ids=name_of)
def test_a_name_answers_like_the_path_of_its_route(
    campus: Campus, asked: str, old: Old, route: Route
):
    version = "v2" if asked.endswith("2") else "v1"
    assert version in route.versions
    key = {"Idempotency-Key": "once"} if route.idempotency == "required" else {}
    chosen = {"API-Version" if asked == "2" else "X-API-Version": asked} if asked else {}
    one, two = Asker(campus, route), Asker(campus, route)
    newer = campus.call(
        route.method,
        path_of(version, route, one.values) + (f"?{urlencode(old.asks)}" if old.asks else ""),
        one.user if route.access == "user" else None,
        one.body(version, route),
        key,
    )
    older = campus.call(
        old.taken(route.method)[-1],
        old_path(old, two.values),
        two.user if route.access == "user" else None,
        two.old_body(version, old, route),
        key | chosen,
    )
    assert outcome(older) == outcome(newer)


@pytest.mark.parametrize(("old", "route"), DECLARED, ids=name_of)
def test_a_name_needs_the_credentials_of_its_route(campus: Campus, old: Old, route: Route):
    if route.access == "public":
        return
    path = OLD_PATHS + re.sub(r"\{\w+\}", str(uuid7()), old.name)
    answer = campus.call(old.taken(route.method)[-1], path, None, {})
    assert (answer.status, answer.error) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("spelling", ["assignment_id", "assignmentId", "id"])
def test_an_id_is_found_by_each_of_its_old_names(campus: Campus, user: User, spelling: str):
    made = call(campus, "create-assignment", user, {"title": "Essay", "due_date": DUE})
    assert (made.status, made.data["due_date"]) == (201, DUE)
    assert made.headers["Location"] == f"/v1/tasks/assignments/{made.data['id']}"
    named = {spelling: made.data["id"]}
    changed = call(campus, "update-assignment", user, {**named, "title": "Letter"})
    assert (changed.status, changed.data["title"]) == (200, "Letter")
    assert f"</v2/tasks/assignments/{made.data['id']}>" in changed.headers["Link"]
    assert call(campus, "delete-assignment", user, named).status == 204
    key = {"Idempotency-Key": "restore"}
    restored = call(campus, "restore-assignment", user, named, key)
    again = call(campus, "restore-assignment", user, named, key)
    assert (restored.status, again.text) == (200, restored.text)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_study_session_is_named_as_a_session_too(campus: Campus, user: User):
    body = {"topic": "Trees", "session_date": DUE, "has_spaced_repetition": False}
    session = call(campus, "create-study-session", user, body).data["id"]
    for spelling in ("session_id", "sessionId", "studySessionId", "study_sessionId"):
        body = {spelling: session, "notes": spelling}
        assert call(campus, "update-study-session", user, body).data["notes"] == spelling


def test_camel_case_of_the_predecessor_is_understood(campus: Campus, user: User):
    person = {
        "username": f"u{uuid7().hex[-12:]}",
        "dateOfBirth": "2011-01-01",
        "hasParentalConsent": True,
        "marketingOptIn": True,
        "courses": [],
    }
    answer = call(campus, "complete-onboarding", user, person)
    assert answer.status == 200, answer.text
    assert answer.data["parental_consent"] is True
    assert answer.data["marketing_opt_in"] is True
    assert answer.data["first_name"] == "Ada"
    body = {"username": person["username"]}
    assert call(campus, "check-username-availability", user, body).data == {"available": True}


def test_an_account_is_suspended_for_days(campus: Campus, admin: User, user: User):
    body = {"userId": str(user.id), "reason": "spam everywhere", "duration": 7}
    assert call(campus, "suspend-account", admin, body).data["suspension_end_date"]
    answer = call(campus, "unsuspend-account", admin, {"userId": str(user.id), "reason": "sorry"})
    assert (answer.status, answer.data["account_status"]) == (200, "active")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, (400, "VALIDATION_ERROR")),
        ({"assignment_id": None}, (400, "VALIDATION_ERROR")),
        ({"assignment_id": 7}, (400, "VALIDATION_ERROR")),
        ([], (400, "VALIDATION_ERROR")),
        ({"assignment_id": "no-uuid"}, (404, "NOT_FOUND")),
        ({"assignment_id": "00000000-0000-7000-8000-000000000000/restore"}, (404, "NOT_FOUND")),
        ({"assignment_id": "{assignment_id}"}, (404, "NOT_FOUND")),
    ],
    ids=str,
)
def test_a_call_without_a_usable_id_changes_nothing(
    campus: Campus, user: User, body: Any, error: tuple[int, str]
):
    answer = call(campus, "delete-assignment", user, body)
    assert (answer.status, answer.error) == error
    if error[0] == 400:
        [told] = answer.json["error"]["details"]["errors"]
        assert told["pointer"] == "/assignment_id"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 5000, b'{"id": ' + b"9" * 5000 + b"}"])
def test_a_body_that_is_no_json_is_refused(campus: Campus, user: User, raw: bytes):
    answer = campus.call("POST", f"{OLD_PATHS}update-assignment", user, raw=raw)
    assert answer.status == 400
    assert answer.error in ("MALFORMED_JSON", "VALIDATION_ERROR")


def test_a_query_string_that_is_no_text_is_refused(campus: Campus, user: User):
    answer = campus.call("POST", f"{OLD_PATHS}delete-assignment?id=%ff", user)
    assert (answer.status, answer.error) == (400, "VALIDATION_ERROR")


def test_reading_and_writing_names_take_their_methods(campus: Campus, user: User):
    assert campus.call("GET", f"{OLD_PATHS}get-home-screen-data", user).status == 200
    assert call(campus, "get-home-screen-data", user, {}).status == 200
    refused = campus.call("GET", f"{OLD_PATHS}delete-assignment", user)
    assert (refused.status, refused.headers["Allow"]) == (405, "DELETE, OPTIONS, PATCH, POST, PUT")
    assert campus.call("OPTIONS", f"{OLD_PATHS}delete-assignment").status == 204


@pytest.mark.parametrize("asked", ["v9", "9", "latest", "v1.0", "v2, v1"])
def test_an_unknown_version_is_told_which_there_are(campus: Campus, user: User, asked: str):
    answer = call(campus, "create-assignment", user, {}, {"X-API-Version": asked})
    assert (answer.status, answer.error) == (400, "UNSUPPORTED_VERSION")
    assert answer.json["error"]["details"] == {
        "supportedVersions": ["v1", "v2"],
        "latestVersion": "v2",
    }


def test_after_the_sunset_only_a_header_with_v2_is_served(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CAMPUS_VERSION_DATES", json.dumps({"v1": {"sunset": "2026-01-01"}}))
    for headers in ({}, {"API-Version": "1"}):
        gone = call(campus, "get-streak-info", user, {}, headers)
        assert (gone.status, gone.error) == (410, "VERSION_SUNSET")
    newer = call(campus, "get-streak-info", user, {}, {"X-API-Version": "v2"})
    assert (newer.status, newer.headers["X-API-Version"]) == (200, "v2")
    assert campus.call("GET", f"{OLD_PATHS}health-check").status != 410


@pytest.mark.parametrize("name", DROPPED)
def test_a_dropped_function_says_why(campus: Campus, name: str):
    answer = call(campus, name, None, {})
    assert (answer.status, answer.error) == (410, "GONE")
    assert answer.json["error"]["details"] == {"reason": DROPPED[name]}
    assert answer.headers["X-API-Version"] == "v1"


def test_every_function_of_the_predecessor_is_accounted_for():
    """Each name leads to a route (itself or its actions), is dropped, or is known to be missing."""
    leading = {old.name for old, _ in DECLARED}
    leading |= {name.partition("/")[0] for name in leading if not name.startswith("auth/")}
    assert {*NAMES} <= {*leading, *DROPPED, *NOT_YET}
    assert {name for name in {*leading, *DROPPED, *NOT_YET} if "/" not in name} <= {*NAMES}
    assert not {*leading} & {*DROPPED, *NOT_YET}
    assert not {*DROPPED} & {*NOT_YET}


@pytest.mark.parametrize("name", [*NOT_YET, *ACTIONS_NOT_YET])
def test_a_function_whose_domain_is_missing_is_not_found(campus: Campus, name: str):
    answer = call(campus, name, None, {})
    assert (answer.status, answer.error) == (404, "NOT_FOUND")
    assert "successor-version" not in answer.headers["Link"]


def call(
    campus: Campus,
    name: str,
    user: User | None,
    body: Any,
    headers: dict[str, str] | None = None,
) -> Answer:
    return campus.call("POST", OLD_PATHS + name, user, body, headers)
