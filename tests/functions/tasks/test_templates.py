"""Templates: who sees and changes them, and what comes of applying one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.campus import Answer, Campus, User, pages
from tests.functions.tasks.planning import PATHS, course, create, keyed, reminders
from tests.proofs.test_row_security import as_app

PATH = "/v2/tasks/templates"
DATA: dict[str, dict[str, Any]] = {
    "assignment": {
        "title": "Report", "description": "As always", "estimatedMinutes": 90, "points": 10,
        "checklist": [{"text": "Read", "done": False}], "reminders": [15, 60], "tags": ["lab"],
        "inDays": 7, "at": "18:30", "timezone": "Europe/Berlin",
    },
    "lecture": {
        "title": "Logic", "kind": "lab", "durationMinutes": 90, "location": "Room 1",
        "recurrence": "FREQ=WEEKLY;COUNT=3", "inDays": 1, "at": "10:00",
    },
    "study_session": {"topic": "Trees", "technique": "pomodoro", "durationMinutes": 50,
                      "inDays": 0, "at": "23:59"},
}  # fmt: skip
ROLES = ("owner", "edit", "use", "view", "stranger")


def write(campus: Campus, user: User, kind: str = "assignment", /, **given: Any) -> dict[str, Any]:
    body = {"name": "Lab report", "kind": kind, "data": DATA[kind], **given}
    answer = campus.call("POST", PATH, user, body)
    assert answer.status == 201, answer.text
    return answer.data


def apply(campus: Campus, user: User, template: dict[str, Any], **given: Any) -> Answer:
    return campus.call("POST", f"{PATH}/{template['id']}/apply", user, given)


def share(campus: Campus, user: User, template: dict[str, Any], person: User, how: str) -> Answer:
    body = {"userId": str(person.id), "permission": how}
    return campus.call("POST", f"{PATH}/{template['id']}/shares", user, body)


def people(campus: Campus, template: dict[str, Any], owner: User) -> dict[str, User]:
    """Somebody for each role."""
    found = {role: owner if role == "owner" else campus.user() for role in ROLES}
    for role in ("edit", "use", "view"):
        assert share(campus, owner, template, found[role], role).status == 201
    return found


def get(campus: Campus, user: User, template: dict[str, Any]) -> Any:
    return campus.call("GET", f"{PATH}/{template['id']}", user).data


@pytest.mark.parametrize("kind", DATA)
def test_a_template_says_what_it_was_given(campus: Campus, user: User, kind: str):
    made = write(campus, user, kind, tags=["lab"], category="study")
    assert made["data"] == DATA[kind]
    assert (made["role"], made["usageCount"], made["rating"]) == ("owner", 0, None)
    assert get(campus, user, made) == made
    assert campus.call("GET", PATH, user).data == [made]
    path = f"{PATH}/{made['id']}"
    data = {name: value for name, value in DATA[kind].items() if name != "at"}
    changed = campus.call("PATCH", path, user, {"data": data}, {"If-Match": '"v2-1"'}).data
    assert (changed["data"], changed["version"]) == (data, 2)
    assert campus.call("PATCH", path, user, {}).data == changed
    assert campus.call("PATCH", path, user, {"name": "x"}, {"If-Match": '"v2-1"'}).status == 412
    assert campus.types(user)[-2:] == ["template.created", "template.updated"]


@pytest.mark.parametrize(
    ("kind", "data", "pointer"),
    [
        ("assignment", {"title": ""}, "/data/title"),
        ("assignment", {"estimatedMinutes": -1}, "/data/estimatedMinutes"),
        ("assignment", {"checklist": [{}]}, "/data/checklist/0/text"),
        ("assignment", {"dueAt": "2030-01-01T10:00:00Z"}, "/data/dueAt"),
        ("assignment", {"courseId": "00000000-0000-7000-8000-000000000000"}, "/data/courseId"),
        ("assignment", {"location": "Room 1"}, "/data/location"),
        ("assignment", {"at": "24:00"}, "/data/at"),
        ("assignment", {"inDays": 401}, "/data/inDays"),
        ("lecture", {"recurrence": "FREQ=HOURLY"}, "/data/recurrence"),
        ("lecture", {"startLocal": "2030-01-01T10:00"}, "/data/startLocal"),
        ("study_session", {"durationMinutes": 0}, "/data/durationMinutes"),
    ],
)
def test_what_its_kind_does_not_take_is_refused(
    campus: Campus, user: User, kind: str, data: dict[str, Any], pointer: str
):
    answer = campus.call("POST", PATH, user, {"name": "x", "kind": kind, "data": data})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR"), answer.text
    assert [found["pointer"] for found in answer.json["error"]["details"]["errors"]] == [pointer]
    assert campus.call("GET", PATH, user).data == []


@pytest.mark.parametrize("kind", DATA)
def test_what_is_applied_is_what_its_own_route_makes(campus: Campus, user: User, kind: str):
    """The item is the same as one that was given the same fields, but for what is its own."""
    lectures_course = str(course(campus, user))
    template = write(campus, user, kind)
    made = apply(campus, user, template, courseId=lectures_course, startsOn="2030-03-30")
    assert made.status == 201, made.text
    answer = made.data
    item = answer.pop({"study_session": "studySession"}.get(kind, kind))
    assert (answer.pop("kind"), *answer.values()) == (kind, None, None)
    assert made.headers["Location"] == f"{PATHS[kind]}/{item['id']}"
    when = {
        "assignment": {"dueAt": "2030-04-06T16:30:00Z"},  # 18:30 in Berlin's summer
        "lecture": {"startLocal": "2030-03-31T10:00:00"},
        "study_session": {"startsAt": "2030-03-30T23:59:00Z", "endsAt": "2030-03-31T00:49:00Z"},
    }
    fixed = {name: value for name, value in DATA[kind].items() if name not in ("inDays", "at")}
    if kind == "study_session":
        del fixed["durationMinutes"]
    like = create(campus, user, kind, courseId=lectures_course, **fixed, **when[kind])
    own = ("id", "createdAt", "updatedAt")
    assert {n: v for n, v in item.items() if n not in own} == {
        n: v for n, v in like.items() if n not in own
    }
    told = campus.types(user)
    assert told.count(f"{kind}.created") == 2
    assert told.count("template.applied") == 1
    assert len(reminders(campus, user)) % 2 == 0
    assert campus.call("GET", made.headers["Location"], user).data == item


def test_overrides_come_before_what_the_template_says(campus: Campus, user: User):
    template = write(campus, user)
    given = {"title": "Mine", "dueOn": "2031-01-01", "reminders": [], "checklist": []}
    made = apply(campus, user, template, overrides=given).data["assignment"]
    assert {name: made[name] for name in given} == given
    assert made["estimatedMinutes"] == 90
    wrong = apply(campus, user, template, overrides={"title": "", "points": "x"})
    pointers = {found["pointer"] for found in wrong.json["error"]["details"]["errors"]}
    assert (wrong.status, pointers) == (422, {"/overrides/title", "/overrides/points"})
    empty = write(campus, user, data={})
    lacking = apply(campus, user, empty)
    pointers = {found["pointer"] for found in lacking.json["error"]["details"]["errors"]}
    assert (lacking.status, pointers) == (422, {"/overrides/title"})
    late = write(campus, user)
    assert apply(campus, user, late, startsOn="2199-12-31").status == 422
    assert campus.call("GET", PATHS["assignment"], user).data == [made]


def test_the_day_is_that_of_the_callers_time_zone(campus: Campus, user: User):
    campus.admin.execute(
        "update app_user set timezone = 'Pacific/Kiritimati' where id = %s", (user.id,)
    )
    template = write(campus, user, data={"title": "x", "inDays": 1})
    made = apply(campus, user, template).data["assignment"]
    there = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert date.fromisoformat(made["dueOn"]) - there == timedelta(days=1)
    assert made["timezone"] == "Pacific/Kiritimati"


def test_what_is_applied_counts_and_has_no_more_reminders_than_the_plan_allows(
    campus: Campus, user: User, premium: User
):
    template = write(
        campus, premium, data={"title": "x", "inDays": 9, "reminders": [5, 15, 30, 60]},
        visibility="public",
    )  # fmt: skip
    made = apply(campus, user, template).data["assignment"]
    assert made["reminders"] == [5, 15, 30]
    for _ in range(14):
        assert apply(campus, user, template).status == 201
    refused = apply(campus, user, template)
    assert (refused.status, refused.error) == (403, "TASK_LIMIT_EXCEEDED")
    assert campus.deliver() == []
    assert get(campus, premium, template)["usageCount"] == 15


def test_each_use_is_counted_once(campus: Campus, user: User):
    template = write(campus, user)
    key = {"Idempotency-Key": "once"}
    path = f"{PATH}/{template['id']}/apply"
    with ThreadPoolExecutor(4) as pool:
        one = list(pool.map(lambda _: campus.call("POST", path, user, {}, key), range(4)))
        others = list(pool.map(lambda _: apply(campus, user, template), range(3)))
    assert len({answer.data["assignment"]["id"] for answer in one}) == 1
    assert {answer.status for answer in others} == {201}
    again = list(campus.bus.waiting)
    assert campus.deliver() == []
    campus.bus.waiting.extend(again)
    assert campus.deliver() == []
    found = get(campus, user, template)
    assert (found["usageCount"], found["version"]) == (4, 1)
    assert found["lastUsedAt"]


ALLOWED = {
    "GET": {"owner", "edit", "use", "view"},
    "apply": {"owner", "edit", "use"},
    "rate": {"edit", "use", "view"},
    "PATCH": {"owner", "edit"},
    "publish": {"owner"},
    "share": {"owner"},
    "DELETE": {"owner"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_it_is_for(campus: Campus, user: User, role: str):
    template = write(campus, user)
    person = people(campus, template, user)[role]
    one = f"{PATH}/{template['id']}"
    calls: dict[str, tuple[str, str, Any]] = {
        "GET": ("GET", one, None),
        "apply": ("POST", f"{one}/apply", {}),
        "rate": ("PUT", f"{one}/rating", {"rating": 5}),
        "PATCH": ("PATCH", one, {"name": "Better"}),
        "publish": ("PATCH", one, {"visibility": "public"}),
        "share": ("POST", f"{one}/shares", {"userId": str(campus.user().id)}),
        "DELETE": ("DELETE", one, None),
    }
    if role != "owner":
        del calls["publish"]  # tried first: it would let everybody in
        tried = campus.call("PATCH", one, person, {"visibility": "public"})
        assert tried.status == (404 if role == "stranger" else 403)
    for name, (method, path, body) in calls.items():
        answer = campus.call(method, path, person, body)
        refused = 404 if role == "stranger" else 403
        assert (answer.status < 300) == (role in ALLOWED[name]), (name, answer.text)
        assert answer.status < 300 or answer.status == refused, (name, answer.text)
    if role not in ("owner", "stranger"):
        assert campus.call("GET", one, person).data["role"] == role
    if role == "edit":
        assert campus.types(user).count("template.updated") == 1
        assert campus.types(person).count("template.updated") == 0


def test_lists_are_of_ones_own_of_what_is_shared_and_of_what_is_public(campus: Campus):
    owner, reader = campus.user(), campus.user()
    mine = write(campus, reader, name="Mine")
    private, shared, public, both = (
        write(campus, owner, name=name, visibility=visibility, tags=[f"tag {owner.id}"])
        for name, visibility in (
            ("Private", "private"), ("Shared", "private"), ("Public", "public"), ("Both", "public")
        )
    )  # fmt: skip
    for template in (shared, both):
        assert share(campus, owner, template, reader, "view").status == 201

    def listed(query: str) -> list[str]:
        return [found["id"] for page in pages(campus, PATH + query, reader, 2) for found in page]

    only = f"&tags=tag {owner.id}".replace(" ", "%20")
    assert listed("?sort=name") == [mine["id"]]
    assert listed("?scope=shared&sort=name") == [both["id"], shared["id"]]
    assert listed(f"?scope=public{only}&sort=-name") == [public["id"], both["id"]]
    assert listed(f"?scope=all{only}&sort=name") == [both["id"], public["id"], shared["id"]]
    found = campus.call("GET", f"{PATH}?scope=all&q=shared", reader).data
    assert [(item["id"], item["role"]) for item in found] == [(shared["id"], "view")]
    assert campus.call("GET", f"{PATH}/{both['id']}", reader).data["role"] == "use"
    assert campus.call("GET", f"{PATH}/{private['id']}", reader).status == 404
    everything = listed("?scope=all&sort=-usageCount")
    assert len(everything) == len(set(everything))


def test_row_security_shows_what_is_public_to_whoever_is_somebody(campus: Campus, user: User):
    """Without any WHERE."""
    for visibility in ("private", "public", "public"):
        gone = write(campus, user, visibility=visibility)
    assert campus.call("DELETE", f"{PATH}/{gone['id']}", user).status == 204
    seen: list[set[Any]] = []
    for tenant in (user.id, campus.user().id, ""):
        connection = as_app(campus, tenant)
        rows = connection.execute("select user_id, visibility, deleted_at is null from template")
        seen.append({row[1:] for row in rows if row[0] == user.id})
        connection.close()
    everything = {("private", True), ("public", True), ("public", False)}
    assert seen == [everything, {("public", True)}, set()]


def test_sharing_again_is_for_something_else_and_ends(campus: Campus, user: User):
    template, person = write(campus, user), campus.user()
    made = share(campus, user, template, person, "view")
    again = share(campus, user, template, person, "edit")
    assert (made.status, again.status, again.data["id"]) == (201, 201, made.data["id"])
    path = f"{PATH}/{template['id']}/shares"
    assert campus.call("GET", path, user).data == [again.data]
    assert campus.call("GET", path, person).data == [again.data]
    stranger = campus.user()
    assert campus.call("GET", path, stranger).status == 404
    assert campus.call("DELETE", f"{path}/{again.data['id']}", stranger).status == 404
    assert campus.call("DELETE", f"{path}/{again.data['id']}", person).status == 204
    assert campus.call("GET", f"{PATH}/{template['id']}", person).status == 404
    assert share(campus, user, template, user, "use").status == 404
    assert campus.types(user)[-1] == "template.unshared"
    campus.admin.execute(
        "update app_user set account_status = 'deleted' where id = %s", (person.id,)
    )
    assert share(campus, user, template, person, "use").status == 404


def test_a_deletion_takes_what_is_shared_and_gives_it_back(campus: Campus, user: User):
    template = write(campus, user)
    reader = people(campus, template, user)["use"]
    one = f"{PATH}/{template['id']}"
    assert campus.call("PUT", f"{one}/rating", reader, {"rating": 4}).status == 200
    assert campus.deliver() == []
    before = get(campus, user, template)
    assert campus.call("DELETE", one, user).status == 204
    for person in (user, reader):
        assert campus.call("GET", one, person).status == 404
        assert campus.call("POST", f"{one}/apply", person, {}).status == 404
    [gone] = campus.call("GET", f"{PATH}/trash", user).data
    assert gone["id"] == template["id"]
    assert campus.call("GET", f"{PATH}/trash", reader).data == []
    assert keyed(campus, "POST", f"{one}/restore", reader).status == 404
    back = keyed(campus, "POST", f"{one}/restore", user).data
    moved = {"version": 3, "updatedAt": back["updatedAt"]}
    assert back == {**before, **moved}
    assert campus.call("GET", one, reader).status == 200
    assert keyed(campus, "DELETE", f"{one}/permanent", user).status == 409
    assert campus.call("DELETE", one, user).status == 204
    assert keyed(campus, "DELETE", f"{one}/permanent", user).status == 204
    left = campus.rows("select 1 from template_rating where owner_id = %s", user.id)
    assert left == campus.rows("select 1 from template_share where owner_id = %s", user.id) == []
    told = [name for name in campus.types(user) if name.startswith("template.")]
    assert told[-3:] == ["template.restored", "template.deleted", "template.purged"]


@settings(max_examples=8)
@given(ratings=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), max_size=8))
def test_the_average_is_of_the_last_rating_of_each(campus: Campus, ratings: list[tuple[int, int]]):
    owner = campus.user()
    template = write(campus, owner, visibility="public")
    raters = [campus.user() for _ in range(4)]
    last: dict[int, int] = {}
    for rater, rating in ratings:
        body = {"rating": rating}
        path = f"{PATH}/{template['id']}/rating"
        assert campus.call("PUT", path, raters[rater], body).data["rating"] == rating
        last[rater] = rating
    campus.bus.waiting.reverse()
    assert campus.deliver() == []
    found = get(campus, owner, template)
    assert found["ratingCount"] == len(last)
    assert found["rating"] == (pytest.approx(sum(last.values()) / len(last)) if last else None)


def test_old_names_speak_of_templates_as_they_did(campus: Campus, user: User):
    def call(name: str, body: Any, method: str = "POST") -> Answer:
        return campus.call(method, f"/functions/v1/{name}", user, body)

    data = {"title": "Report", "due_date": "2030-01-01T10:00:00Z", "submission_method": "online"}
    body = {"template_name": "Lab", "task_type": "assignment", "template_data": data,
            "is_public": False}  # fmt: skip
    made = call("template-actions", body)
    assert made.status == 201, made.text
    kept = {"title": "Report", "submission_method": "online"}
    assert (made.data["template_name"], made.data["template_data"]) == ("Lab", kept)
    named = {"id": made.data["id"]}
    other = call("study-materials/create-template", {**body, "is_public": True}).data
    own = campus.call("GET", "/functions/v1/template-actions", user).json
    assert {item["id"] for item in own["data"]} == {made.data["id"], other["id"]}
    changed = call("template-actions", {**named, "template_name": "Better"}, "PUT")
    assert (changed.status, changed.data["template_name"]) == (200, "Better")
    stranger = campus.user()
    answer = campus.call("GET", "/functions/v1/study-materials/templates?page_size=100", stranger)
    assert other["id"] in {item["id"] for item in answer.json["data"]}
    assert made.data["id"] not in {item["id"] for item in answer.json["data"]}
    given = {"template_id": other["id"], "course_id": str(course(campus, user)),
             "customizations": {"due_date": "2031-01-01T10:00:00Z", "title": "Mine"}}  # fmt: skip
    applied = call("study-materials/apply-template", given)
    assert applied.status == 201, applied.text
    item = applied.data["assignment"]
    assert (item["title"], item["due_date"]) == ("Mine", "2031-01-01T10:00:00Z")
    shared = {"material_id": made.data["id"], "user_id": str(stranger.id), "permission": "write"}
    assert call("study-materials/share", shared).data["permission"] == "write"
    assert get(campus, stranger, named)["role"] == "edit"
    assert call("template-actions", named, "DELETE").status == 204
