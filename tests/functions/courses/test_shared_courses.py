"""Courses of organizations: who sees, changes and deletes them; publishing and archiving."""

import pytest

from tests.campus import Campus, User
from tests.functions.courses.organizations import ROLES, found, join, once, staffed

STATES = [
    (visibility, status)
    for visibility in ("private", "organization", "public")
    for status in ("draft", "published", "archived")
]


def course(campus: Campus, user: User, **fields: object) -> dict:
    answer = campus.call("POST", "/v2/courses", user, {"title": "Analysis", **fields})
    assert answer.status == 201, answer.text
    return answer.data


def test_who_may_make_a_course_of_an_organization(campus: Campus):
    organization, people, _ = staffed(campus)
    body = {"title": "Analysis", "organizationId": organization["id"]}
    expected = {"owner": 201, "admin": 201, "instructor": 201, "student": 403, "stranger": 404}
    for role, status in expected.items():
        assert campus.call("POST", "/v2/courses", people[role], body).status == status, role
    made = campus.call("GET", "/v2/courses", people["instructor"]).data[0]
    assert made["organizationId"] == organization["id"]
    assert (made["visibility"], made["role"]) == ("organization", "owner")
    assert made["ownerId"] == str(people["instructor"].id)


def test_an_organization_says_how_visible_its_new_courses_are(campus: Campus, user: User):
    organization = found(campus, user, settings={"defaultVisibility": "private"})
    made = course(campus, user, organizationId=organization["id"])
    assert made["visibility"] == "private"
    chosen = course(campus, user, organizationId=organization["id"], visibility="organization")
    assert chosen["visibility"] == "organization"


def sees(role: str, visibility: str, status: str) -> bool:
    """The rule in words, once more: to be held against row security and the lists."""
    if role in ("owner", "admin"):
        return True
    if visibility == "private" or role == "stranger":
        return False
    return role == "instructor" or status != "draft"


@pytest.mark.parametrize(("visibility", "status"), STATES)
def test_every_role_sees_and_changes_what_it_should(campus: Campus, visibility: str, status: str):
    organization, people, _ = staffed(campus)
    maker = campus.user()
    join(campus, organization, maker, "instructor")
    made = course(
        campus, maker, organizationId=organization["id"], visibility=visibility, status=status
    )
    path, listed = f"/v2/courses/{made['id']}", f"/v2/courses?organizationId={organization['id']}"
    for role in (*ROLES, "stranger"):
        seen = sees(role, visibility, status)
        answer = campus.call("GET", path, people[role])
        assert answer.status == (200 if seen else 404), (role, answer.text)
        ids = [found["id"] for found in campus.call("GET", listed, people[role]).data]
        assert ids == ([made["id"]] if seen else []), role
        governs = role in ("owner", "admin")
        changed = campus.call("PATCH", path, people[role], {"description": role})
        wanted = 200 if governs or (seen and role == "instructor") else 403 if seen else 404
        assert changed.status == wanted, (role, changed.text)
        governed = campus.call("PATCH", path, people[role], {"visibility": visibility})
        assert governed.status == (200 if governs else 403 if seen else 404), role
        gone = campus.call("DELETE", f"{path}?dryRun=true", people[role])
        assert gone.status == (200 if governs else 403 if seen else 404), role
    role = campus.call("GET", path, people["admin"]).data["role"]
    assert role == "admin"


def test_row_security_alone_says_the_same(campus: Campus):
    """With no WHERE at all, each role is shown the courses that the rule names and no other."""
    organization, people, _ = staffed(campus)
    maker = campus.user(tier="premium")
    join(campus, organization, maker, "instructor")
    made = {
        course(campus, maker, organizationId=organization["id"], visibility=v, status=s)["id"]: (
            v,
            s,
        )
        for v, s in STATES
    }
    foreign = course(campus, campus.user(), visibility="public")
    for role in (*ROLES, "stranger"):
        with campus.admin.transaction():
            for text, value in (
                ("select set_config('app.user_id', %s, true)", str(people[role].id)),
                ("select set_belongings(%s)", people[role].id),
            ):
                campus.admin.execute(text, (value,))
            campus.admin.execute("set local role campus_app")
            shown = {str(row[0]) for row in campus.admin.execute("select id from course")}
        assert shown == {i for i, state in made.items() if sees(role, *state)}, role
        assert foreign["id"] not in shown


def test_an_admin_deletes_into_the_owners_trash(campus: Campus):
    organization, people, _ = staffed(campus)
    made = course(campus, people["instructor"], organizationId=organization["id"])
    path = f"/v2/courses/{made['id']}"
    assert campus.call("DELETE", path, people["student"]).status == 403
    assert campus.call("DELETE", path, people["admin"]).status == 204
    [trashed] = campus.call("GET", "/v2/courses/trash", people["instructor"]).data
    assert trashed["id"] == made["id"]
    assert campus.call("GET", "/v2/courses/trash", people["admin"]).data == []
    assert campus.types(people["instructor"])[-1] == "course.deleted"
    assert once("POST", f"{path}/restore", campus, people["instructor"]).status == 200


def test_courses_go_and_come_with_their_organization(campus: Campus):
    organization, people, _ = staffed(campus)
    kept = course(campus, people["instructor"], organizationId=organization["id"], title="Kept")
    lost = course(campus, people["admin"], organizationId=organization["id"], title="Lost")
    own = course(campus, people["instructor"], title="Personal")
    body = {"title": "Sheet", "dueAt": "2027-11-10T10:00:00Z", "courseId": kept["id"]}
    assert campus.call("POST", "/v2/tasks/assignments", people["instructor"], body).status == 201
    assert campus.call("DELETE", f"/v2/courses/{lost['id']}", people["admin"]).status == 204
    path = f"/v2/organizations/{organization['id']}"
    assert campus.call("DELETE", path, people["owner"]).status == 204
    assert campus.deliver() == []
    assert [c["id"] for c in campus.call("GET", "/v2/courses", people["instructor"]).data] == [
        own["id"]
    ]
    assert campus.call("GET", "/v2/tasks/assignments", people["instructor"]).data == []
    assert once("POST", f"{path}/restore", campus, people["owner"]).status == 200
    assert campus.deliver() == []
    back = campus.call("GET", f"/v2/courses?organizationId={organization['id']}", people["owner"])
    assert [c["id"] for c in back.data] == [kept["id"]]
    assert len(campus.call("GET", "/v2/tasks/assignments", people["instructor"]).data) == 1


def test_publishing_and_archiving_are_told_once(campus: Campus, user: User):
    made = course(campus, user, status="draft")
    path = f"/v2/courses/{made['id']}"
    published = campus.call("POST", f"{path}/publish", user)
    assert (published.status, published.data["status"]) == (200, "published")
    again = campus.call("POST", f"{path}/publish", user)
    assert again.data["version"] == published.data["version"] == made["version"] + 1
    assert campus.call("POST", f"{path}/archive", user).data["status"] == "archived"
    stale = campus.call("POST", f"{path}/publish", user, None, {"If-Match": '"v2-1"'})
    assert stale.status == 412
    assert campus.types(user) == ["course.created", "course.published", "course.archived"]
    assert campus.call("POST", f"{path}/publish", campus.user()).status == 404


def test_lists_of_organizations_are_one_statement_with_counts(campus: Campus):
    organization, people, _ = staffed(campus)
    for number in range(2):
        course(campus, people["instructor"], organizationId=organization["id"], title=f"C {number}")
    listed = f"/v2/courses?organizationId={organization['id']}&sort=title"
    answer = campus.call("GET", listed, people["student"])
    assert campus.lines[-1]["db_round_trips"] <= 2
    assert [c["title"] for c in answer.data] == ["C 0", "C 1"]
    assert {c["role"] for c in answer.data} == {"member"}
    first = campus.call("GET", f"{listed}&limit=1", people["student"]).json
    cursor = first["pageInfo"]["endCursor"]
    second = campus.call("GET", f"{listed}&limit=1&cursor={cursor}", people["student"])
    assert [c["title"] for c in second.data] == ["C 1"]
    old = f"/v1/courses?organization_id={organization['id']}&limit=1&offset=1"
    paged = campus.call("GET", old, people["instructor"]).json  # v1 knows one's own courses only
    assert (paged["pagination"]["total"], len(paged["data"])) == (2, 1)
