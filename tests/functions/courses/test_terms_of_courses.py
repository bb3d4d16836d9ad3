"""Courses are held in terms of their owners."""

from typing import Any

from tests.campus import Campus, User
from tests.functions.courses.classes import classroom, enroll
from tests.functions.courses.organizations import once

TERM = {"name": "Autumn", "startsOn": "2026-10-01", "endsOn": "2027-03-31"}


def term(campus: Campus, user: User) -> str:
    return campus.call("POST", "/v2/tasks/terms", user, TERM).data["id"]


def held_in(campus: Campus, user: User, of: str) -> Any:
    return campus.call("GET", f"/v2/courses/{of}", user).data["termId"]


def test_courses_are_listed_by_their_term(campus: Campus, user: User):
    autumn = term(campus, user)
    given = {"title": "Logic", "termId": autumn}
    made = campus.call("POST", "/v2/courses", user, given).data
    other = campus.call("POST", "/v2/courses", user, {"title": "Algebra"}).data
    assert (made["termId"], other["termId"]) == (autumn, None)
    listed = campus.call("GET", f"/v2/courses?termId={autumn}", user).data
    assert [(c["id"], c["termId"]) for c in listed] == [(made["id"], autumn)]
    path = f"/v2/courses/{other['id']}"
    assert campus.call("PATCH", path, user, {"termId": autumn}).data["termId"] == autumn
    assert campus.call("PATCH", path, user, {"termId": None}).data["termId"] is None
    assert "term_id" not in campus.call("GET", f"/v1/courses/{made['id']}", user).data


def test_a_deleted_term_is_not_shown_and_a_purged_one_forgotten(campus: Campus, user: User):
    autumn = term(campus, user)
    of = campus.call("POST", "/v2/courses", user, {"title": "Logic", "termId": autumn}).data["id"]
    path = f"/v2/tasks/terms/{autumn}"
    campus.call("DELETE", path, user)
    assert held_in(campus, user, of) is None
    refused = campus.call("PATCH", f"/v2/courses/{of}", user, {"termId": autumn})
    assert (refused.status, refused.error) == (404, "NOT_FOUND")
    assert once("POST", f"{path}/restore", campus, user).status == 200
    assert held_in(campus, user, of) == autumn
    assert once("DELETE", f"{path}/permanent", campus, user).status == 204
    assert campus.rows("select term_id from course where id = %s", of) == [(None,)]
    assert campus.call("GET", f"/v2/courses/{of}", user).data["title"] == "Logic"


def test_terms_of_others_are_neither_taken_nor_told(campus: Campus, user: User):
    of, student, teacher = classroom(campus, user)
    autumn = term(campus, user)
    path = f"/v2/courses/{of}"
    assert campus.call("PATCH", path, user, {"termId": autumn}).status == 200
    for person in (student, teacher, enroll(campus, user, of)):
        assert held_in(campus, person, of) is None
    assert campus.call("PATCH", path, student, {"termId": autumn}).status == 403
    for foreign in (autumn, term(campus, teacher)):
        assert campus.call("PATCH", path, teacher, {"termId": foreign}).status == 404
    assert campus.call("PATCH", path, teacher, {"title": "Logic 2"}).status == 200
    assert held_in(campus, user, of) == autumn
    given = {"title": "Mine", "termId": autumn}
    assert campus.call("POST", "/v2/courses", teacher, given).status == 404
    assert campus.call("GET", "/v2/courses", teacher).data == []
    body = {"title": "Copy"}
    assert campus.call("POST", f"{path}/clone", teacher, body).data["termId"] is None
