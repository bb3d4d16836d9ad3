"""Courses: what a client sees."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.campus import Campus, User, pages


def create(campus: Campus, user: User, **fields: object) -> dict:
    answer = campus.call("POST", "/v2/courses", user, {"title": "Analysis", **fields})
    assert answer.status == 201, answer.text
    return answer.data


def test_a_new_course_can_be_read_again(campus: Campus, user: User):
    made = create(campus, user, code="MA101", color="#AABBCC", examOn="2027-02-01", tags=["maths"])
    answer = campus.call("GET", f"/v2/courses/{made['id']}", user)
    assert (answer.status, answer.data) == (200, made)
    assert (made["title"], made["code"], made["color"]) == ("Analysis", "MA101", "#aabbcc")
    assert (made["status"], made["visibility"], made["language"]) == ("published", "private", "en")
    assert (made["locked"], made["deletedAt"], made["purgeAt"]) == (False, None, None)
    assert made["counts"] == {"assignments": 0, "lectures": 0, "studySessions": 0}
    assert campus.types(user) == ["course.created"]


def test_v1_clients_see_their_own_names(campus: Campus, user: User):
    body = {"course_name": "Analysis", "course_code": "MA101", "what": 1}
    answer = campus.call("POST", "/v1/courses", user, body)
    assert answer.status == 201, answer.text
    made = answer.data
    assert (made["course_name"], made["course_code"]) == ("Analysis", "MA101")
    assert made["about_course"] is None
    assert [made[f"{kind}_count"] for kind in ("assignments", "lectures", "study_sessions")] == [
        0,
        0,
        0,
    ]
    assert not made.keys() & {"title", "counts", "color", "status", "locked", "examOn", "purge_at"}
    listed = campus.call("GET", "/v1/courses?page=1&page_size=5", user).json
    assert listed["data"] == [made]
    assert listed["pagination"]["total"] == 1
    changed = campus.call("PUT", f"/v1/courses/{made['id']}", user, {"about_course": "Limits"})
    assert changed.status == 200, changed.text
    assert (changed.status, changed.data["about_course"]) == (200, "Limits")
    cleared = campus.call("PUT", f"/v1/courses/{made['id']}", user, {"course_code": None})
    assert (cleared.status, cleared.data["course_code"]) == (200, None)


def test_the_list_counts_items_in_one_statement(campus: Campus, premium: User):
    first = create(campus, premium, title="Algebra")
    second = create(campus, premium, title="Biology")
    for number in range(3):
        body = {
            "title": f"Sheet {number}",
            "dueAt": "2027-11-10T10:00:00Z",
            "courseId": first["id"],
        }
        assert campus.call("POST", "/v2/tasks/assignments", premium, body).status == 201
    answer = campus.call("GET", "/v2/courses", premium)
    assert campus.lines[-1]["db_round_trips"] <= 2
    found = {course["id"]: course["counts"]["assignments"] for course in answer.data}
    assert found == {first["id"]: 3, second["id"]: 0}
    one = campus.call("GET", f"/v2/courses/{first['id']}", premium).data
    assert one["counts"]["assignments"] == 3
    old = campus.call("GET", f"/v1/courses/{first['id']}", premium).data
    assert old["assignments_count"] == 3


def test_lists_sort_filter_search_and_page(campus: Campus, premium: User):
    for title in ("Chemistry", "Algebra", "Biology"):
        create(campus, premium, title=title, status="draft" if title == "Biology" else "published")

    def titles(query: str) -> list[str]:
        answer = campus.call("GET", f"/v2/courses?{query}", premium)
        assert answer.status == 200, answer.text
        return [course["title"] for course in answer.data]

    assert titles("") == ["Biology", "Algebra", "Chemistry"]
    assert titles("sort=title") == ["Algebra", "Biology", "Chemistry"]
    assert titles("status=draft,archived") == ["Biology"]
    assert titles("visibility=public") == []
    assert titles("q=chemistry") == ["Chemistry"]
    sparse = campus.call("GET", "/v2/courses?fields=title&sort=-title", premium).data
    assert [course.keys() for course in sparse] == [{"id", "title"}] * 3
    paged = [
        c["title"] for page in pages(campus, "/v2/courses?sort=title", premium, 2) for c in page
    ]
    assert paged == ["Algebra", "Biology", "Chemistry"]
    refused = campus.call("GET", "/v2/courses?sort=color", premium)
    assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")


def test_a_patch_changes_what_it_names(campus: Campus, user: User):
    made = create(campus, user, description="Limits", examOn="2027-02-01")
    path = f"/v2/courses/{made['id']}"
    body = {"title": "Analysis I", "examOn": None}
    answer = campus.call("PATCH", path, user, body, {"If-Match": '"v2-1"'})
    assert answer.status == 200, answer.text
    assert (answer.data["title"], answer.data["examOn"]) == ("Analysis I", None)
    assert (answer.data["description"], answer.data["version"]) == ("Limits", 2)
    stale = campus.call("PATCH", path, user, body, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    [(data, version)] = campus.rows(
        "select data, entity_version from event where user_id = %s and type = 'course.updated'",
        user.id,
    )
    assert (data["changed"], version) == (["exam_on", "title"], 2)


@pytest.mark.parametrize(("plan", "limit"), [("free", 2), ("premium", 10)])
def test_a_plan_allows_so_many_live_courses(campus: Campus, plan: str, limit: int):
    user = campus.user(tier=plan)
    made = [create(campus, user, title=f"Course {n}") for n in range(limit)]
    answer = campus.call("POST", "/v2/courses", user, {"title": "One more"})
    assert (answer.status, answer.error) == (403, "COURSE_LIMIT_EXCEEDED")
    assert answer.json["error"]["details"] == {"limit": limit, "used": limit}
    assert campus.call("DELETE", f"/v2/courses/{made[0]['id']}", user).status == 204
    create(campus, user, title="In its place")


def test_courses_created_at_once_stay_within_the_limit(campus: Campus, user: User):
    def attempt(number: int) -> int:
        return campus.call("POST", "/v2/courses", user, {"title": f"Course {number}"}).status

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(attempt, range(8)))
    assert statuses == [201] * 2 + [403] * 6
    assert len(campus.call("GET", "/v2/courses", user).data) == 2


def test_admins_have_no_limit(campus: Campus, admin: User):
    for number in range(3):
        create(campus, admin, title=f"Course {number}")


def test_after_a_downgrade_the_newest_courses_stay_writable(campus: Campus, premium: User):
    made = [create(campus, premium, title=f"Course {n}") for n in range(3)]
    campus.rows(
        "update app_user set subscription_tier = 'free' where id = %s returning id", premium.id
    )
    listed = campus.call("GET", "/v2/courses?sort=title", premium).data
    assert [course["locked"] for course in listed] == [True, False, False]
    oldest = f"/v2/courses/{made[0]['id']}"
    assert campus.call("GET", oldest, premium).data["locked"] is True
    refused = campus.call("PATCH", oldest, premium, {"title": "Renamed"})
    assert (refused.status, refused.error) == (403, "COURSE_LIMIT_EXCEEDED")
    assert refused.json["error"]["details"] == {"limit": 2, "used": 3}
    newest = f"/v2/courses/{made[2]['id']}"
    assert campus.call("PATCH", newest, premium, {"title": "Renamed"}).status == 200
    assert campus.call("DELETE", newest, premium).status == 204
    assert campus.call("PATCH", oldest, premium, {"title": "Renamed"}).status == 200


def test_nobody_sees_or_changes_the_courses_of_others(campus: Campus, user: User):
    made = create(campus, user)
    stranger = campus.user()
    path, key = f"/v2/courses/{made['id']}", {"Idempotency-Key": "k"}
    assert campus.call("GET", path, stranger).status == 404
    assert campus.call("PATCH", path, stranger, {"title": "Mine"}).status == 404
    assert campus.call("DELETE", path, stranger).status == 404
    assert campus.call("DELETE", f"{path}?dryRun=true", stranger).status == 404
    assert campus.call("POST", f"{path}/restore", stranger, headers=key).status == 404
    assert campus.call("DELETE", f"{path}/permanent", stranger, headers=key).status == 404
    assert campus.call("GET", "/v2/courses", stranger).data == []
    assert campus.call("GET", path, user).data == made


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"title": "AB"}, "/title"),
        ({"title": "x" * 101}, "/title"),
        ({"title": None}, "/title"),
        ({"color": "red"}, "/color"),
        ({"visibility": "secret"}, "/visibility"),
        ({"language": "12"}, "/language"),
        ({"examOn": "2027-02-30"}, "/examOn"),
        ({"tags": ["x"] * 21}, "/tags"),
        ({"about_course": "no such field"}, "/about_course"),
        ({"description": "nul \x00"}, "/description"),
    ],
)
def test_bad_fields_are_named_and_change_nothing(
    campus: Campus, user: User, fields: dict, pointer: str
):
    answer = campus.call("POST", "/v2/courses", user, {"title": "Analysis", **fields})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert [e["pointer"] for e in answer.json["error"]["details"]["errors"]] == [pointer]
    assert campus.call("GET", "/v2/courses", user).data == []
    assert campus.types(user) == []


def test_the_same_key_makes_one_course(campus: Campus, user: User):
    key = {"Idempotency-Key": "course-1"}
    first = campus.call("POST", "/v2/courses", user, {"title": "Analysis"}, key)
    again = campus.call("POST", "/v2/courses", user, {"title": "Analysis"}, key)
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(campus.call("GET", "/v2/courses", user).data) == 1


def test_deleted_courses_are_listed_on_request(campus: Campus, user: User):
    kept = campus.call("POST", "/v2/courses", user, {"title": "Kept", "tags": ["a", "b"]}).data
    gone = campus.call("POST", "/v2/courses", user, {"title": "Gone", "tags": ["b"]}).data
    campus.call("DELETE", f"/v2/courses/{gone['id']}", user)
    for path in ("/v2/courses?includeDeleted=true", "/v1/courses?include_deleted=true"):
        listed = campus.call("GET", path, user).data
        assert {item["id"] for item in listed} == {kept["id"], gone["id"]}
        assert len([item for item in listed if item.get("deletedAt", item.get("deleted_at"))]) == 1
        assert campus.call("GET", path, campus.user()).data == []
    assert [item["id"] for item in campus.call("GET", "/v2/courses", user).data] == [kept["id"]]


def test_courses_are_found_by_tags_language_and_exam(campus: Campus, user: User):
    made = campus.call(
        "POST",
        "/v2/courses",
        user,
        {"title": "Logic", "tags": ["a"], "language": "de", "examOn": "2030-02-01"},
    ).data["id"]
    campus.call("POST", "/v2/courses", user, {"title": "Other"})
    for asked in ("tags=a,x", "language=de", "examAfter=2030-02-01", "examBefore=2030-02-02"):
        listed = campus.call("GET", f"/v2/courses?{asked}", user).data
        assert [item["id"] for item in listed] == [made], asked
