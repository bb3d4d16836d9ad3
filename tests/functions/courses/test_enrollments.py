"""Enrollments: who may take part, what they see then, and how it ends."""

from tests.campus import Campus, User
from tests.functions.courses.organizations import staffed
from tests.functions.courses.test_shared_courses import course


def enroll(campus: Campus, user: User, made: dict, **body: object):
    return campus.call("POST", f"/v2/courses/{made['id']}/enrollments", user, body)


def test_anybody_takes_part_in_a_public_course_and_reads_it_then(campus: Campus, user: User):
    made = course(campus, campus.user(), visibility="public")
    path = f"/v2/courses/{made['id']}"
    assert campus.call("GET", path, user).status == 404
    answer = enroll(campus, user, made)
    assert answer.status == 201, answer.text
    assert (answer.data["userId"], answer.data["role"]) == (str(user.id), "student")
    assert (answer.data["status"], answer.data["name"]) == ("active", "Ada Lovelace")
    assert campus.call("GET", path, user).data["role"] == "student"
    assert campus.call("PATCH", path, user, {"title": "Mine"}).status == 403
    assert [c["id"] for c in campus.call("GET", "/v2/courses?enrolled=true", user).data] == [
        made["id"]
    ]
    assert campus.call("GET", "/v2/courses", user).data == []
    again = enroll(campus, user, made)
    assert (again.status, again.error) == (409, "ALREADY_EXISTS")
    assert campus.types(user) == ["enrollment.created"]


def test_nobody_lets_themselves_into_what_is_not_open(campus: Campus, user: User):
    teacher = campus.user(tier="premium")
    for fields in (
        {"visibility": "private"},
        {"visibility": "public", "status": "draft"},
        {"visibility": "public", "status": "archived"},
    ):
        assert enroll(campus, user, course(campus, teacher, **fields)).status == 404, fields
    public = course(campus, teacher, visibility="public")
    assert enroll(campus, user, public, role="instructor").status in (403, 404)
    assert campus.rows("select from enrollment where user_id = %s", user.id) == []


def test_members_take_part_where_their_organization_lets_them(campus: Campus):
    organization, people, _ = staffed(campus)
    made = course(campus, people["instructor"], organizationId=organization["id"])
    assert enroll(campus, people["student"], made).status == 201
    assert enroll(campus, people["stranger"], made).status == 404
    settings = {"settings": {"selfEnrollment": False}}
    campus.call("PATCH", f"/v2/organizations/{organization['id']}", people["owner"], settings)
    later = course(campus, people["instructor"], organizationId=organization["id"])
    assert enroll(campus, people["student"], later).status == 403


def test_teachers_enroll_members_and_nobody_else(campus: Campus):
    organization, people, members = staffed(campus)
    made = course(campus, people["owner"], organizationId=organization["id"], visibility="private")
    other, _, foreign = staffed(campus)
    assert other["id"] != organization["id"]
    student = str(people["student"].id)
    assert enroll(campus, people["instructor"], made, memberId=members["student"]).status == 404
    refused = enroll(campus, people["owner"], made, memberId=foreign["student"])
    assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")
    assert enroll(campus, people["admin"], made, memberId=members["student"]).status == 201
    teacher = enroll(
        campus, people["admin"], made, memberId=members["instructor"], role="instructor"
    )
    assert teacher.status == 201
    assert campus.call("GET", f"/v2/courses/{made['id']}", people["student"]).status == 200
    body = {"description": "By its instructor"}
    assert (
        campus.call("PATCH", f"/v2/courses/{made['id']}", people["instructor"], body).status == 200
    )
    path = f"/v2/courses/{made['id']}/enrollments"
    assert len(campus.call("GET", path, people["instructor"]).data) == 2
    assert [e["userId"] for e in campus.call("GET", path, people["student"]).data] == [student]
    assert enroll(campus, people["student"], made, memberId=members["admin"]).status == 403


def test_what_somebody_takes_part_as_is_changed_by_teachers(campus: Campus, user: User):
    teacher = campus.user()
    made = course(campus, teacher, visibility="public")
    one = enroll(campus, user, made).data
    path = f"/v2/courses/{made['id']}/enrollments/{one['id']}"
    assert campus.call("PATCH", path, user, {"role": "instructor"}).status == 403
    assert campus.call("PATCH", path, campus.user(), {"role": "instructor"}).status == 404
    done = campus.call("PATCH", path, teacher, {"status": "completed"}).data
    assert done["completedAt"]
    assert (done["status"], done["version"]) == ("completed", 2)
    assert campus.call("GET", f"/v2/courses/{made['id']}", user).status == 200
    stale = campus.call("PATCH", path, teacher, {"status": "active"}, {"If-Match": '"v2-1"'})
    assert stale.status == 412
    assert campus.call("PATCH", path, teacher, {"status": "suspended"}).data["completedAt"] is None
    assert campus.call("GET", f"/v2/courses/{made['id']}", user).status == 404
    assert campus.types(user) == ["enrollment.created", *["enrollment.updated"] * 2]


def test_who_leaves_or_is_removed_reads_nothing_any_more(campus: Campus, user: User):
    teacher, other = campus.user(), campus.user()
    made = course(campus, teacher, visibility="public")
    mine, theirs = enroll(campus, user, made).data, enroll(campus, other, made).data
    path = f"/v2/courses/{made['id']}/enrollments"
    assert campus.call("DELETE", f"{path}/{theirs['id']}", user).status == 404
    assert campus.call("DELETE", f"{path}/{mine['id']}", user).status == 204
    assert campus.call("DELETE", f"{path}/{theirs['id']}", teacher).status == 204
    for person in (user, other):
        assert campus.call("GET", f"/v2/courses/{made['id']}", person).status == 404
    assert enroll(campus, user, made).status == 201


def test_enrollments_go_and_come_with_their_course(campus: Campus, user: User):
    teacher = campus.user()
    made = course(campus, teacher, visibility="public")
    first, gone = enroll(campus, user, made).data, enroll(campus, campus.user(), made).data
    path = f"/v2/courses/{made['id']}"
    campus.call("DELETE", f"{path}/enrollments/{gone['id']}", teacher)
    counts = campus.call("DELETE", f"{path}?dryRun=true", teacher).data["counts"]
    assert counts["enrollments"] == 1
    assert campus.call("DELETE", path, teacher).status == 204
    assert campus.call("GET", "/v2/courses?enrolled=true", user).data == []
    campus.call("POST", f"{path}/restore", teacher, None, {"Idempotency-Key": made["id"]})
    back = campus.call("GET", f"{path}/enrollments", teacher).data
    assert [e["id"] for e in back] == [first["id"]]


def test_students_put_their_own_work_under_the_course(campus: Campus, user: User):
    made = course(campus, campus.user(), visibility="public")
    body = {"title": "Sheet", "dueAt": "2027-11-10T10:00:00Z", "courseId": made["id"]}
    refused = campus.call("POST", "/v2/tasks/assignments", user, body)
    assert refused.status in (404, 422)
    enroll(campus, user, made)
    assert campus.call("POST", "/v2/tasks/assignments", user, body).status == 201
    assert campus.call("GET", f"/v2/courses/{made['id']}", user).data["counts"]["assignments"] == 1
