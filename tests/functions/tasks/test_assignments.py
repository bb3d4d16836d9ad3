"""Assignments: what a client sees."""

from datetime import UTC, datetime, timedelta

from tests.campus import Campus, User, pages

SOON = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
DUE = SOON.isoformat().replace("+00:00", "Z")


def create(campus: Campus, user: User, **fields: object) -> dict:
    body = {"title": "Essay", "dueAt": DUE, **fields}
    answer = campus.call("POST", "/v2/tasks/assignments", user, body)
    assert answer.status == 201, answer.text
    return answer.data


def test_a_new_assignment_can_be_read_again(campus: Campus, user: User):
    made = create(campus, user, title="Essay on Ada", tags=["history"])
    answer = campus.call("GET", f"/v2/tasks/assignments/{made['id']}", user)
    assert answer.status == 200
    assert answer.data == made
    assert (made["title"], made["dueAt"], made["status"]) == ("Essay on Ada", DUE, "todo")
    assert made["reminders"] == [30]
    assert campus.types(user)[-1] == "assignment.created"


def test_v1_clients_see_their_own_names(campus: Campus, user: User):
    body = {"title": "Essay", "due_date": DUE, "submission_link": "https://a.example/x", "what": 1}
    answer = campus.call("POST", "/v1/tasks/assignments", user, body)
    assert answer.status == 201, answer.text
    data = answer.json["data"]
    assert answer.json["success"] is True
    assert data["due_date"] == DUE
    assert data["completed"] is False
    assert data["submission_link"] == "https://a.example/x"
    assert "status" not in data
    assert "dueAt" not in data
    assert answer.headers["Deprecation"].startswith("@")
    listed = campus.call("GET", "/v1/tasks/assignments?page=1&page_size=5", user).json
    assert listed["pagination"]["total"] == 1
    assert listed["data"] == [data]


def test_paging_neither_skips_nor_repeats(campus: Campus, premium: User):
    ids = {create(campus, premium, title=f"Task {n}")["id"] for n in range(7)}
    found = [
        item["id"] for page in pages(campus, "/v2/tasks/assignments", premium, 3) for item in page
    ]
    assert len(found) == 7
    assert set(found) == ids


def test_completing_is_told_once(campus: Campus, user: User):
    made = create(campus, user)
    first = campus.call("POST", f"/v2/tasks/assignments/{made['id']}/complete", user)
    again = campus.call("POST", f"/v2/tasks/assignments/{made['id']}/complete", user)
    assert first.data["status"] == again.data["status"] == "submitted"
    assert campus.types(user).count("assignment.completed") == 1


def test_a_patch_changes_what_it_names(campus: Campus, user: User):
    made = create(campus, user, description="Long", estimatedMinutes=30)
    path = f"/v2/tasks/assignments/{made['id']}"
    body = {"title": "Short", "estimatedMinutes": None}
    answer = campus.call("PATCH", path, user, body, {"If-Match": '"v2-1"'})
    assert answer.status == 200, answer.text
    assert answer.data["title"] == "Short"
    assert answer.data["estimatedMinutes"] is None
    assert answer.data["description"] == "Long"
    assert answer.data["version"] == 2
    stale = campus.call("PATCH", path, user, body, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")


def test_a_deleted_assignment_is_gone_and_others_never_see_it(campus: Campus, user: User):
    made = create(campus, user)
    path = f"/v2/tasks/assignments/{made['id']}"
    stranger = campus.user()
    assert campus.call("GET", path, stranger).status == 404
    assert campus.call("DELETE", path, stranger).status == 404
    assert campus.call("DELETE", path, user).status == 204
    assert campus.call("GET", path, user).status == 404


def test_the_free_plan_allows_fifteen_new_items(campus: Campus, user: User):
    for number in range(15):
        create(campus, user, title=f"Task {number}")
    answer = campus.call("POST", "/v2/tasks/assignments", user, {"title": "x", "dueAt": DUE})
    assert (answer.status, answer.error) == (403, "TASK_LIMIT_EXCEEDED")
    assert answer.json["error"]["details"]["limit"] == 15


def test_the_same_key_takes_effect_once(campus: Campus, user: User):
    key = {"Idempotency-Key": "create-1"}
    body = {"title": "Essay", "dueAt": DUE}
    first = campus.call("POST", "/v2/tasks/assignments", user, body, key)
    again = campus.call("POST", "/v2/tasks/assignments", user, body, key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status, again.text) == (first.status, first.text)
    other = campus.call("POST", "/v2/tasks/assignments", user, {**body, "title": "B"}, key)
    assert (other.status, other.error) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_what_is_wrong_is_named_in_the_callers_words(campus: Campus, user: User):
    answer = campus.call("POST", "/v2/tasks/assignments", user, {"title": "", "dueAt": "soon"})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    pointers = [item["pointer"] for item in answer.json["error"]["details"]["errors"]]
    assert pointers == ["/dueAt", "/title"]
    old = campus.call("POST", "/v1/tasks/assignments", user, {"title": "", "due_date": "soon"})
    assert old.status == 400
    pointers = [item["pointer"] for item in old.json["error"]["details"]["errors"]]
    assert pointers == ["/due_date", "/title"]


def test_nothing_is_open_without_a_token(campus: Campus):
    answer = campus.call("GET", "/v2/tasks/assignments")
    assert (answer.status, answer.error) == (401, "UNAUTHORIZED")


def test_done_by_a_patch_is_told_like_done_by_the_command(campus: Campus, user: User):
    path = f"/v2/tasks/assignments/{create(campus, user)['id']}"
    done = campus.call("PATCH", path, user, {"status": "graded"}).data
    assert done["completedAt"] is not None
    kept = campus.call("POST", f"{path}/complete", user).data
    assert (kept["status"], kept["version"]) == ("graded", done["version"])
    v1 = path.replace("/v2/", "/v1/")
    assert campus.call("PUT", v1, user, {"completed": False}).data["completed"] is False
    assert campus.call("PUT", v1, user, {"completed": True}).data["completed"] is True
    told = [kind for kind in campus.types(user) if kind.split(".")[1] in ("completed", "reopened")]
    assert told == ["assignment.completed", "assignment.reopened", "assignment.completed"]


def test_due_on_a_day_is_due_at_its_end(campus: Campus, user: User):
    berlin = {"dueOn": "2027-07-01", "timezone": "Europe/Berlin"}
    body = {"title": "Essay", **berlin}
    made = campus.call("POST", "/v2/tasks/assignments", user, body).data
    assert (made["dueAt"], made["dueOn"]) == ("2027-07-01T21:59:59Z", "2027-07-01")
    path = f"/v2/tasks/assignments/{made['id']}"
    moved = campus.call("PATCH", path, user, {"timezone": "UTC"}).data
    assert moved["dueAt"] == "2027-07-01T23:59:59Z"
    exact = campus.call("PATCH", path, user, {"dueAt": DUE}).data
    assert (exact["dueAt"], exact["dueOn"]) == (DUE, None)
    again = campus.call("PATCH", path, user, {"dueAt": None, "dueOn": "2027-07-02"}).data
    assert again["dueOn"] == "2027-07-02"


def test_a_patch_that_leaves_nothing_due_is_refused(campus: Campus, user: User):
    path = f"/v2/tasks/assignments/{create(campus, user)['id']}"
    for wrong in ({"dueAt": None}, {"dueAt": DUE, "dueOn": "2027-07-01"}, {"title": None}):
        assert campus.call("PATCH", path, user, wrong).status == 422


def test_parts_have_no_parts(campus: Campus, user: User):
    whole = create(campus, user)
    part = create(campus, user, parentId=whole["id"])
    for parent, child in ((part, whole), (whole, whole)):
        path = f"/v2/tasks/assignments/{child['id']}"
        assert campus.call("PATCH", path, user, {"parentId": parent["id"]}).status == 404
    foreign = create(campus, campus.user())
    body = {"title": "x", "dueAt": DUE, "parentId": foreign["id"]}
    assert campus.call("POST", "/v2/tasks/assignments", user, body).status == 404
