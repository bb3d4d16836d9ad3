"""Organizations: founding, reading, changing, deleting with everything, restoring exactly."""

import pytest

from tests.campus import Campus, User
from tests.functions.courses.organizations import found, join, once, staffed


def test_a_founder_owns_what_they_founded(campus: Campus, user: User):
    made = found(campus, user, slug=f"club-{user.subject[-12:]}")
    answer = campus.call("GET", f"/v2/organizations/{made['id']}", user)
    assert (answer.status, answer.data) == (200, made)
    assert (made["role"], made["plan"], made["version"]) == ("owner", "free", 1)
    assert made["counts"] == {"members": 1, "courses": 0}
    assert made["settings"] == {"defaultVisibility": "organization", "selfEnrollment": True}
    assert campus.types(user) == ["organization.created"]
    assert [o["id"] for o in campus.call("GET", "/v2/organizations", user).data] == [made["id"]]


def test_a_slug_is_made_of_the_name_and_nobody_has_it_twice(campus: Campus, user: User):
    made = found(campus, user, name="École de Čaj & Co.")
    assert made["slug"].startswith("ecole-de-caj-co-")
    body = {"name": "Copy", "slug": made["slug"]}
    answer = campus.call("POST", "/v2/organizations", campus.user(), body)
    assert (answer.status, answer.error) == (409, "ALREADY_EXISTS")


@pytest.mark.parametrize("slug", ["ab", "-abc", "abc-", "a--b", "ABC", "a_b", "a" * 61, "a b"])
def test_a_malformed_slug_is_refused(campus: Campus, user: User, slug: str):
    answer = campus.call("POST", "/v2/organizations", user, {"name": "x", "slug": slug})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert campus.call("GET", "/v2/organizations", user).data == []


def test_one_person_owns_a_bounded_number(campus: Campus, user: User):
    for _ in range(20):
        found(campus, user)
    answer = campus.call("POST", "/v2/organizations", user, {"name": "One more"})
    assert (answer.status, answer.error) == (429, "RESOURCE_LIMIT_EXCEEDED")


def test_strangers_see_nothing(campus: Campus, user: User):
    made = found(campus, user)
    stranger = campus.user(role="admin")
    path = f"/v2/organizations/{made['id']}"
    assert campus.call("GET", path, stranger).status == 404
    assert campus.call("PATCH", path, stranger, {"name": "Mine"}).status == 404
    assert campus.call("DELETE", path, stranger).status == 404
    assert campus.call("GET", f"{path}/members", stranger).status == 404
    assert campus.call("GET", "/v2/organizations", stranger).data == []


def test_settings_change_one_by_one(campus: Campus, user: User):
    path = f"/v2/organizations/{found(campus, user)['id']}"
    answer = campus.call("PATCH", path, user, {"settings": {"selfEnrollment": False}})
    assert answer.data["settings"] == {"defaultVisibility": "organization", "selfEnrollment": False}
    answer = campus.call("PATCH", path, user, {"settings": {"defaultVisibility": "private"}})
    assert answer.data["settings"] == {"defaultVisibility": "private", "selfEnrollment": False}
    assert answer.data["version"] == 3
    stale = campus.call("PATCH", path, user, {"name": "x"}, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    assert campus.call("PATCH", path, user, {"plan": "enterprise"}).status == 422


def test_the_list_tells_the_role_and_pages(campus: Campus, user: User):
    mine = found(campus, user, name="Beta")
    other = found(campus, campus.user(), name="Alpha")
    join(campus, other, user, "student")
    answer = campus.call("GET", "/v2/organizations?sort=name", user)
    assert [(o["name"], o["role"]) for o in answer.data] == [
        ("Alpha", "student"),
        ("Beta", "owner"),
    ]
    only = campus.call("GET", "/v2/organizations?role=owner,admin", user).data
    assert [o["id"] for o in only] == [mine["id"]]
    first = campus.call("GET", "/v2/organizations?limit=1", user).json
    cursor = first["pageInfo"]["endCursor"]
    rest = campus.call("GET", f"/v2/organizations?limit=1&cursor={cursor}", user).data
    assert {first["data"][0]["id"], rest[0]["id"]} == {mine["id"], other["id"]}


def test_deleting_takes_everything_and_restoring_brings_exactly_that_back(campus: Campus):
    organization, people, members = staffed(campus)
    path = f"/v2/organizations/{organization['id']}"
    gone_before = members["student"]
    assert campus.call("DELETE", f"{path}/members/{gone_before}", people["owner"]).status == 204
    assert campus.call("DELETE", path, people["admin"]).status == 403
    assert campus.call("DELETE", path, people["owner"]).status == 204
    for person in people.values():
        assert campus.call("GET", path, person).status == 404
    [trashed] = campus.call("GET", "/v2/organizations/trash", people["owner"]).data
    assert trashed["id"] == organization["id"]
    assert campus.call("GET", "/v2/organizations/trash", people["admin"]).data == []
    assert once("POST", f"{path}/restore", campus, people["admin"]).status == 404
    back = once("POST", f"{path}/restore", campus, people["owner"])
    assert back.status == 200, back.text
    assert back.data["counts"]["members"] == 3
    assert campus.call("GET", path, people["admin"]).data["role"] == "admin"
    assert campus.call("GET", path, people["student"]).status == 404


def test_a_slug_that_was_taken_meanwhile_is_told_and_another_one_does(campus: Campus, user: User):
    made = found(campus, user)
    path = f"/v2/organizations/{made['id']}"
    campus.call("DELETE", path, user)
    found(campus, campus.user(), slug=made["slug"])
    answer = once("POST", f"{path}/restore", campus, user)
    assert (answer.status, answer.error) == (409, "ALREADY_EXISTS")
    answer = once("POST", f"{path}/restore?slug={made['slug']}-2", campus, user)
    assert (answer.status, answer.data["slug"]) == (200, f"{made['slug']}-2")


def test_what_is_in_the_trash_goes_for_good(campus: Campus, user: User):
    made = found(campus, user)
    path = f"/v2/organizations/{made['id']}"
    live = once("DELETE", f"{path}/permanent", campus, user)
    assert (live.status, live.error) == (409, "CONFLICT")
    campus.call("DELETE", path, user)
    assert once("DELETE", f"{path}/permanent", campus, campus.user()).status == 404
    assert once("DELETE", f"{path}/permanent", campus, user).status == 204
    assert once("POST", f"{path}/restore", campus, user).status == 404
    for table in ("organization", "membership"):
        assert campus.rows(f"select from {table} where user_id = %s", user.id) == []
