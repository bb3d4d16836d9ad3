"""Items under courses that somebody else may delete: everybody's own stay theirs, whatever happens
to the course."""

from collections.abc import Callable
from typing import Any

import pytest

from shared import limits
from tests.campus import Campus, User
from tests.functions.courses.organizations import staffed
from tests.functions.tasks.planning import DUE, KINDS, PATHS, body, create, keyed, live


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))


def public_course(campus: Campus, owner: User, *students: User, **fields: Any) -> str:
    """A course with people who take part in it."""
    given = {"title": "Logic", "visibility": "public", **fields}
    made = campus.call("POST", "/v2/courses", owner, given)
    assert made.status == 201, made.text
    for student in students:
        path = f"/v2/courses/{made.data['id']}/enrollments"
        assert campus.call("POST", path, student, {}).status == 201
    return made.data["id"]


def planned(campus: Campus, user: User, course: str) -> set[str]:
    """One item of each kind under a course."""
    return {create(campus, user, kind, courseId=course)["id"] for kind in KINDS}


def whole(campus: Campus, user: User) -> list[Any]:
    """All rows of somebody's items and reminders, as they are."""
    tables = (*KINDS, "reminder", "occurrence", "task_creation")
    each = [f"select to_jsonb(t) from {table} t where user_id = %(user)s" for table in tables]
    return sorted(map(str, campus.rows(" union all ".join(each), {"user": user.id})))


def remove(campus: Campus, user: User, course: str) -> None:
    """Delete a course and remove it for good."""
    assert campus.call("DELETE", f"/v2/courses/{course}", user).status == 204
    assert keyed(campus, "DELETE", f"/v2/courses/{course}/permanent", user).status == 204


ENDS: dict[str, Callable[[Campus, User, User, str], None]] = {
    "deleted": lambda campus, owner, _, of: (
        campus.call("DELETE", f"/v2/courses/{of}", owner) and None
    ),
    "purged": lambda campus, owner, _, of: remove(campus, owner, of),
    "archived": lambda campus, owner, _, of: (
        campus.call("POST", f"/v2/courses/{of}/archive", owner) and None
    ),
    "closed": lambda campus, owner, _, of: (
        campus.call("PATCH", f"/v2/courses/{of}", owner, {"visibility": "private"}) and None
    ),
    "left": lambda campus, _, student, of: leave(campus, student, of),
}


def leave(campus: Campus, student: User, course: str) -> None:
    path = f"/v2/courses/{course}/enrollments"
    [mine] = campus.call("GET", path, student).data
    assert campus.call("DELETE", f"{path}/{mine['id']}", student).status == 204


@pytest.mark.parametrize("end", ENDS)
def test_what_a_student_planned_stays_whatever_becomes_of_the_course(
    campus: Campus, user: User, end: str
):
    student = campus.user()
    of = public_course(campus, user, student)
    items = planned(campus, student, of)
    gone = create(campus, student, courseId=of)["id"]
    campus.call("DELETE", f"{PATHS['assignment']}/{gone}", student)
    before = whole(campus, student)
    ENDS[end](campus, user, student, of)
    assert campus.deliver() == []
    assert whole(campus, student) == before
    assert live(campus, student) == items
    refused = 201 if end in ("archived", "closed") else 404
    for kind in KINDS:
        given = body(campus, student, kind, courseId=of)
        assert campus.call("POST", PATHS[kind], student, given).status == refused, kind
    path = f"{PATHS['assignment']}/{next(iter(live_of(campus, student)))}"
    assert campus.call("PATCH", path, student, {"title": "Still mine"}).status == 200
    assert campus.call("POST", f"{path}/complete", student).status == 200
    back = keyed(campus, "POST", f"{PATHS['assignment']}/{gone}/restore", student)
    assert (back.status, back.data["courseId"]) == (200, of)


def live_of(campus: Campus, user: User) -> set[str]:
    return {item["id"] for item in campus.call("GET", PATHS["assignment"], user).data}


def test_nothing_is_moved_under_a_course_that_is_gone(campus: Campus, user: User):
    student = campus.user()
    of = public_course(campus, user, student)
    item = create(campus, student)["id"]
    campus.call("DELETE", f"/v2/courses/{of}", user)
    path = f"{PATHS['assignment']}/{item}"
    assert campus.call("PATCH", path, student, {"courseId": of}).status == 404
    operation = {"action": "create", "kind": "assignment",
                 "data": {"title": "x", "dueAt": DUE, "courseId": of}}  # fmt: skip
    refused = keyed(campus, "POST", "/v2/tasks/batch", student, {"operations": [operation]})
    assert refused.data["results"][0]["status"] == 404


@pytest.mark.parametrize("told", ["in order", "the end first"])
def test_a_course_that_is_removed_for_good_takes_its_owners_items(
    campus: Campus, user: User, told: str
):
    student = campus.user()
    of = public_course(campus, user, student)
    theirs, other = planned(campus, student, of), create(campus, user)["id"]
    mine = planned(campus, user, of)
    item = create(campus, user, courseId=of)["id"]
    part = create(campus, user, parentId=item)["id"]
    mine |= {item, part}
    assert campus.deliver() == []
    remove(campus, user, of)
    if told != "in order":
        campus.bus.waiting.reverse()
    assert campus.deliver() == []
    assert live(campus, user) == {other}
    assert campus.call("GET", "/v2/tasks/trash?limit=100", user).data == []
    assert live(campus, student) == theirs
    purged = campus.rows(
        "select entity_id from event where user_id = %s and type like '%%.purged'"
        " and entity_type <> 'course'",
        user.id,
    )
    assert {name for (name,) in purged} == mine
    left = "select count(*) from reminder where user_id = %s and assignment_id is distinct from %s"
    assert campus.rows(left, user.id, other) == [(0,)]


@pytest.mark.parametrize("by", ["owner", "admin"])
def test_a_course_of_an_organization_takes_what_its_owner_planned(campus: Campus, by: str):
    organization, people, _ = staffed(campus)
    given = {"title": "Logic", "organizationId": organization["id"]}
    of = campus.call("POST", "/v2/courses", people["instructor"], given).data["id"]
    taught, theirs = (planned(campus, people[name], of) for name in ("instructor", "student"))
    who = people["instructor"] if by == "owner" else people["admin"]
    admins = planned(campus, people["admin"], of)
    assert campus.call("DELETE", f"/v2/courses/{of}", who).status == 204
    assert campus.deliver() == []
    assert live(campus, people["instructor"]) == set()
    assert live(campus, people["student"]) == theirs
    assert live(campus, people["admin"]) == admins
    path = f"/v2/courses/{of}/restore"
    assert keyed(campus, "POST", path, people["instructor"]).status == 200
    assert campus.deliver() == []
    assert live(campus, people["instructor"]) == taught
    assert live(campus, people["student"]) == theirs


@pytest.mark.parametrize("by", ["owner", "themselves"])
def test_who_is_a_member_no_more_keeps_their_work_and_reads_no_course(campus: Campus, by: str):
    organization, people, members = staffed(campus)
    owner, path = people["owner"], f"/v2/organizations/{organization['id']}/members"
    campus.rows(
        "update app_user set subscription_tier = 'premium' where id = %s returning 1", owner.id
    )
    courses = {}
    for visibility in ("private", "organization", "public"):
        given = {"title": "Logic", "organizationId": organization["id"], "visibility": visibility}
        courses[visibility] = campus.call("POST", "/v2/courses", owner, given).data["id"]
        for name in ("student", "instructor"):
            who = {"memberId": members[name], "role": name}
            enrolled = f"/v2/courses/{courses[visibility]}/enrollments"
            assert campus.call("POST", enrolled, owner, who).status == 201
    for name in ("student", "instructor"):
        person = people[name]
        items = planned(campus, person, courses["private"])
        who = owner if by == "owner" else person
        assert campus.call("DELETE", f"{path}/{members[name]}", who).status == 204
        assert campus.deliver() == []
        assert live(campus, person) == items
        seen = {
            visibility: campus.call("GET", f"/v2/courses/{of}", person).status
            for visibility, of in courses.items()
        }
        open_to_students = 200 if name == "student" else 404
        assert seen == {"private": 404, "organization": 404, "public": open_to_students}
        ended = 2 if name == "student" else 3
        assert campus.types(person).count("enrollment.removed") == ended
    [[left]] = campus.rows(
        "select count(*) from enrollment where course_id = any(%s::uuid[]) and deleted_at is null",
        list(courses.values()),
    )
    assert left == 1


def test_a_downgrade_locks_a_course_and_nobodys_items(campus: Campus, premium: User):
    student = campus.user()
    of = public_course(campus, premium, student)
    theirs = planned(campus, student, of)
    for number in range(2):
        public_course(campus, premium, title=f"Newer {number}")
    free = "update app_user set subscription_tier = 'free' where id = %s returning id"
    assert campus.rows(free, premium.id)
    path = f"/v2/courses/{of}"
    assert campus.call("GET", path, premium).data["locked"] is True
    assert campus.call("POST", f"{path}/lessons", premium, {"title": "Sets"}).status == 403
    mine = planned(campus, premium, of)
    assert campus.call("GET", path, student).data["counts"]["assignments"] == 1
    assert create(campus, student, courseId=of)["courseId"] == of
    assert campus.call("DELETE", path, premium).status == 204
    assert campus.deliver() == []
    assert not live(campus, premium) & mine
    assert live(campus, student) >= theirs
