"""Share links: what they show, what they need, how often they open, and copies by them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.campus import Answer, Campus, User
from tests.functions.courses.organizations import staffed
from tests.functions.courses.test_enrollments import enroll
from tests.functions.courses.test_shared_courses import course

LATER = "2027-11-10T10:00:00Z"


def link(campus: Campus, user: User, made: dict, **body: object) -> dict:
    answer = campus.call("POST", f"/v2/courses/{made['id']}/share-links", user, body)
    assert answer.status == 201, answer.text
    return answer.data


def look(campus: Campus, shared: dict, password: str = "") -> Answer:
    headers = {"X-Share-Password": quote(password)} if password else {}
    return campus.call("GET", f"/shared/{shared['token']}", headers=headers)


def clone(campus: Campus, user: User, shared: dict, **body: object) -> Answer:
    return campus.call("POST", f"/v2/shared/{shared['token']}/clone", user, body)


def test_whoever_has_the_link_sees_the_course_and_no_ids(campus: Campus, user: User):
    made = course(campus, user, description="Limits", tags=["maths"], code="MA101")
    shared = link(campus, user, made)
    assert shared["url"].endswith(f"/shared/{shared['token']}")
    answer = look(campus, shared)
    assert answer.status == 200, answer.text
    assert (answer.data["title"], answer.data["tags"]) == ("Analysis", ["maths"])
    assert answer.data["permission"] == "view"
    assert made["id"] not in answer.text
    assert str(user.id) not in answer.text
    path = f"/v2/courses/{made['id']}/share-links"
    [listed] = campus.call("GET", path, user).data
    assert (listed["views"], listed["hasPassword"]) == (1, False)
    assert not {"token", "url"} & listed.keys()
    assert campus.types(user) == ["course.created", "share_link.created", "share_link.used"]
    assert (
        campus.rows("select from share_link where token_hash = %s", shared["token"].encode()) == []
    )


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "..", "é"])
def test_an_unknown_token_is_as_good_as_none(campus: Campus, user: User, token: str):
    assert campus.call("GET", f"/shared/{quote(token)}").status == 404
    assert campus.call("POST", f"/v2/shared/{quote(token)}/clone", user, {}).status == 404


def test_only_teachers_make_see_change_and_revoke_links(campus: Campus):
    organization, people, _ = staffed(campus)
    made = course(campus, people["owner"], organizationId=organization["id"])
    path = f"/v2/courses/{made['id']}/share-links"
    for role, expected in (
        ("instructor", 201),
        ("admin", 201),
        ("student", 403),
        ("stranger", 404),
    ):
        assert campus.call("POST", path, people[role], {}).status == expected, role
        listed = campus.call("GET", path, people[role])
        assert listed.status == {201: 200}.get(expected, expected), role
    one = f"{path}/{link(campus, people['owner'], made)['id']}"
    for role, expected in (("student", 403), ("stranger", 404), ("instructor", 200)):
        assert campus.call("PATCH", one, people[role], {"maxViews": 3}).status == expected, role
    assert campus.call("GET", one, people["student"]).status == 404
    assert campus.call("DELETE", one, people["student"]).status == 403
    assert campus.call("DELETE", one, people["admin"]).status == 204
    assert campus.call("GET", one, people["owner"]).status == 404


def test_a_link_that_is_over_is_gone(campus: Campus, user: User):
    made = course(campus, user)
    path = f"/v2/courses/{made['id']}/share-links"
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    assert look(campus, link(campus, user, made, expiresAt=LATER)).status == 200
    assert look(campus, link(campus, user, made, expiresAt=past)).status == 410
    revoked = link(campus, user, made)
    campus.call("DELETE", f"{path}/{revoked['id']}", user)
    assert look(campus, revoked).status == 410
    once = link(campus, user, made, maxViews=1)
    assert [look(campus, once).status for _ in range(3)] == [200, 410, 410]
    campus.call("PATCH", f"{path}/{once['id']}", user, {"maxViews": 2})
    assert look(campus, once).status == 200
    campus.call("PATCH", f"{path}/{once['id']}", user, {"maxViews": None})
    assert look(campus, once).status == 200
    campus.call("DELETE", f"/v2/courses/{made['id']}", user)
    assert look(campus, once).status == 410


def test_views_are_counted_exactly_however_many_come_at_once(campus: Campus, user: User):
    made = course(campus, user)
    shared = link(campus, user, made, maxViews=5)
    start = threading.Barrier(8)

    def come(_: int) -> int:
        start.wait()
        return look(campus, shared).status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(come, range(8)))
    assert statuses == [200] * 5 + [410] * 3
    [[views]] = campus.rows("select views from share_link where id = %s", shared["id"])
    told = campus.rows(
        "select (data ->> 'views')::int from event where user_id = %s"
        " and type = 'share_link.used' order by 1",
        user.id,
    )
    assert (views, [row[0] for row in told]) == (5, [1, 2, 3, 4, 5])


def test_a_password_is_needed_and_guessing_ends_soon(campus: Campus, user: User):
    made = course(campus, user)
    password = "pässwörd mit Spaß"
    shared = link(campus, user, made, password=password)
    assert shared["hasPassword"]
    without = look(campus, shared)
    assert (without.status, without.error) == (403, "FORBIDDEN")
    assert without.json["error"]["details"]["passwordRequired"]
    assert look(campus, shared, password).status == 200
    for _ in range(10):
        assert look(campus, shared, "wrong guess").status in (403, 429)
        campus.admin.execute("truncate rate_limit")
    locked = look(campus, shared, password)
    assert (locked.status, locked.error) == (429, "ACCOUNT_LOCKED")
    [[views, kept]] = campus.rows(
        "select views, password_hash from share_link where id = %s", shared["id"]
    )
    assert views == 1
    assert password.encode() not in bytes(kept)
    campus.admin.execute(
        "update share_link set locked_until = now() where id = %s", (shared["id"],)
    )
    assert look(campus, shared, password).status == 200
    path = f"/v2/courses/{made['id']}/share-links/{shared['id']}"
    assert campus.call("PATCH", path, user, {"password": None}).data["hasPassword"] is False
    assert look(campus, shared).status == 200


def test_a_copy_is_ones_own_and_counts(campus: Campus, user: User):
    teacher = campus.user()
    made = course(campus, teacher, description="Limits", visibility="public", color="#112233")
    shared = link(campus, teacher, made, permission="clone")
    answer = clone(campus, user, shared)
    assert answer.status == 201, answer.text
    copy = answer.data
    assert (copy["title"], copy["description"], copy["color"]) == ("Analysis", "Limits", "#112233")
    assert (copy["ownerId"], copy["role"], copy["visibility"]) == (str(user.id), "owner", "private")
    assert campus.call("GET", f"/v2/courses/{copy['id']}", user).data == copy
    assert campus.types(user) == ["course.cloned"]
    assert clone(campus, user, shared, title="Second").data["title"] == "Second"
    full = clone(campus, user, shared)
    assert (full.status, full.error) == (403, "COURSE_LIMIT_EXCEEDED")
    [[views]] = campus.rows("select views from share_link where id = %s", shared["id"])
    assert views == 2
    viewing = link(campus, teacher, made, permission="view")
    assert clone(campus, campus.user(), viewing).status == 403
    assert campus.call("POST", f"/v2/shared/{shared['token']}/clone", None, {}).status == 401


def test_teachers_copy_their_courses_and_students_do_not(campus: Campus, user: User):
    teacher = campus.user()
    made = course(campus, teacher, visibility="public")
    path = f"/v2/courses/{made['id']}/clone"
    for title in ("Limits", "Series"):
        body = {"title": title, "content": "Words", "durationMinutes": 45}
        assert campus.call("POST", f"/v2/courses/{made['id']}/lessons", teacher, body).status == 201
    copy = campus.call("POST", path, teacher, {"title": "Analysis 2"})
    assert (copy.status, copy.data["title"]) == (201, "Analysis 2")
    assert copy.headers["Location"] == f"/v2/courses/{copy.data['id']}"
    lessons = campus.call("GET", f"/v2/courses/{copy.data['id']}/lessons", teacher).data
    originals = campus.call("GET", f"/v2/courses/{made['id']}/lessons", teacher).data
    assert [found["title"] for found in lessons] == ["Limits", "Series"]
    assert not {found["id"] for found in lessons} & {found["id"] for found in originals}
    assert campus.call("POST", path, user, {}).status == 404
    enroll(campus, user, made)
    assert campus.call("POST", path, user, {}).status == 403
