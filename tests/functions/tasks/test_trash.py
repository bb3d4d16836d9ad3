"""The trash: deleted stays deleted, restored comes back exactly."""

import pytest

from shared.ids import uuid7
from tests.campus import Campus, User, token
from tests.functions.tasks.planning import (
    KINDS,
    PATHS,
    course,
    create,
    delete_course,
    keyed,
    live,
    reminders,
    tell,
)

TRASH = "/v2/tasks/trash"


def trash(campus: Campus, user: User) -> list[str]:
    return [item["id"] for item in campus.call("GET", f"{TRASH}?limit=100", user).data]


def deleted(campus: Campus, user: User, kind: str = "assignment", **fields: object) -> dict:
    made = create(campus, user, kind, **fields)
    assert campus.call("DELETE", f"{PATHS[kind]}/{made['id']}", user).status == 204
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_items_are_in_the_trash_and_nowhere_else(campus: Campus, user: User, kind: str):
    made = deleted(campus, user, kind)
    (item,) = campus.call("GET", TRASH, user).data
    assert (item["id"], item["kind"]) == (made["id"], kind)
    assert live(campus, user) == set()
    assert campus.call("GET", "/v2/tasks/count", user).data["total"] == 0
    assert campus.call("GET", "/v2/tasks/home", user).data["nextTask"] is None
    assert campus.call("GET", TRASH, campus.user()).data == []


@pytest.mark.parametrize(("tier", "hours"), [("free", 48), ("premium", 120)])
def test_the_plan_says_how_long_it_is_kept(campus: Campus, tier: str, hours: int):
    owner = campus.user(tier=tier)
    made = deleted(campus, owner)
    row = campus.rows(
        "select deleted_at + make_interval(hours => %s) from assignment where id = %s",
        hours,
        made["id"],
    )
    purge_at = campus.call("GET", TRASH, owner).data[0]["purgeAt"]
    assert purge_at == row[0][0].isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("kind", KINDS)
def test_restoring_brings_back_what_was_there(campus: Campus, user: User, kind: str):
    made = create(campus, user, kind)
    before = reminders(campus, user)
    path = f"{PATHS[kind]}/{made['id']}"
    campus.call("DELETE", path, user)
    back = keyed(campus, "POST", f"{path}/restore", user)
    assert back.status == 200, back.text
    assert {**back.data, "version": 0, "updatedAt": ""} == {**made, "version": 0, "updatedAt": ""}
    assert reminders(campus, user) == before
    assert trash(campus, user) == []
    assert campus.types(user)[-1] == f"{kind}.restored"
    assert keyed(campus, "POST", f"{path}/restore", user).status == 404


def test_the_newest_deletion_comes_first_and_pages_on(campus: Campus, user: User):
    ids = [deleted(campus, user, kind)["id"] for kind in KINDS * 2]
    assert trash(campus, user) == ids[::-1]
    first = campus.call("GET", f"{TRASH}?limit=4", user).json
    cursor = first["pageInfo"]["endCursor"]
    rest = campus.call("GET", f"{TRASH}?limit=4&cursor={cursor}", user).json
    assert [item["id"] for item in first["data"] + rest["data"]] == ids[::-1]
    only = campus.call("GET", f"{TRASH}?kind=lecture", user).data
    assert {item["kind"] for item in only} == {"lecture"}


def test_a_deletion_is_undone_as_a_whole_and_no_other(campus: Campus, user: User):
    whole = create(campus, user, title="Thesis")
    part = create(campus, user, title="Chapter", parentId=whole["id"])
    earlier = create(campus, user, title="Old chapter", parentId=whole["id"])
    campus.call("DELETE", f"{PATHS['assignment']}/{earlier['id']}", user)
    campus.call("DELETE", f"{PATHS['assignment']}/{whole['id']}", user)
    assert live(campus, user) == set()
    assert campus.types(user).count("assignment.deleted") == 3
    given = {"kind": "assignment", "id": part["id"]}
    answer = keyed(campus, "POST", f"{TRASH}/restore", user, given)
    assert answer.status == 200, answer.text
    assert {item["id"] for item in answer.data["items"]} == {whole["id"], part["id"]}
    assert live(campus, user) == {whole["id"], part["id"]}
    deletion = campus.call("GET", TRASH, user).data[0]["deletionId"]
    again = keyed(campus, "POST", f"{TRASH}/restore", user, {"deletionId": deletion})
    assert [item["id"] for item in again.data["items"]] == [earlier["id"]]


def test_a_restoration_names_one_deletion(campus: Campus, user: User):
    given = {"kind": "assignment", "id": str(uuid7())}
    for wrong in ({}, {"kind": "lecture"}, {**given, "deletionId": str(uuid7())}):
        assert keyed(campus, "POST", f"{TRASH}/restore", user, wrong).status == 422
    assert keyed(campus, "POST", f"{TRASH}/restore", user, given).status == 404
    assert campus.call("POST", f"{TRASH}/restore", user, given).error == "IDEMPOTENCY_KEY_REQUIRED"


def test_nobody_restores_or_removes_what_is_anothers(campus: Campus, user: User):
    made, stranger = deleted(campus, user), campus.user()
    given = {"kind": "assignment", "id": made["id"]}
    assert keyed(campus, "POST", f"{TRASH}/restore", stranger, given).status == 404
    path = f"{PATHS['assignment']}/{made['id']}"
    assert keyed(campus, "DELETE", f"{path}/permanent", stranger).status == 404
    assert keyed(campus, "DELETE", f"{TRASH}/assignment/{made['id']}", stranger).status == 404
    assert trash(campus, user) == [made["id"]]


def test_a_course_comes_first(campus: Campus, user: User):
    course_id = course(campus, user)
    mine = deleted(campus, user, courseId=str(course_id))
    theirs = create(campus, user, "lecture", courseId=str(course_id))
    tell(campus, user, delete_course(campus, user, course_id))
    for kind, made in (("assignment", mine), ("lecture", theirs)):
        answer = keyed(campus, "POST", f"{PATHS[kind]}/{made['id']}/restore", user)
        assert (answer.status, answer.error) == (409, "CONFLICT")
        assert "restore the course first" in answer.json["error"]["message"]
    assert live(campus, user) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_removed_for_good_means_gone(campus: Campus, user: User, kind: str):
    straight, by_way_of_trash = create(campus, user, kind), deleted(campus, user, kind)
    for made in (straight, by_way_of_trash):
        answer = keyed(campus, "DELETE", f"{PATHS[kind]}/{made['id']}/permanent", user)
        assert answer.status == 204, answer.text
    assert live(campus, user) | set(trash(campus, user)) == set()
    assert campus.rows("select from reminder where user_id = %s", user.id) == []
    assert campus.types(user).count(f"{kind}.purged") == 2


def test_removing_an_assignment_takes_its_parts_and_frees_its_sessions(campus: Campus, user: User):
    whole = create(campus, user)
    create(campus, user, parentId=whole["id"])
    session = create(campus, user, "study_session", assignmentId=whole["id"])
    path = f"{PATHS['assignment']}/{whole['id']}/permanent"
    assert keyed(campus, "DELETE", path, user).status == 204
    assert live(campus, user) == {session["id"]}
    kept = campus.call("GET", f"{PATHS['study_session']}/{session['id']}", user).data
    assert kept["assignmentId"] is None
    assert campus.types(user).count("assignment.purged") == 2


def test_the_trash_removes_only_what_is_in_it(campus: Campus, user: User):
    made = create(campus, user)
    path = f"{TRASH}/assignment/{made['id']}"
    assert keyed(campus, "DELETE", path, user).status == 404
    assert keyed(campus, "DELETE", f"{TRASH}/app_user/{made['id']}", user).status == 404
    campus.call("DELETE", f"{PATHS['assignment']}/{made['id']}", user)
    assert keyed(campus, "DELETE", path, user).status == 204
    assert trash(campus, user) == []


def test_removing_for_good_needs_a_recent_sign_in(campus: Campus, user: User):
    made = deleted(campus, user)
    user.token = token(user.subject, auth_time=1_700_000_000)
    answer = keyed(campus, "DELETE", f"{PATHS['assignment']}/{made['id']}/permanent", user)
    assert (answer.status, answer.error) == (401, "REAUTHENTICATION_REQUIRED")
    assert trash(campus, user) == [made["id"]]


def test_a_batch_restores_each_for_itself(campus: Campus, user: User):
    items = [{"kind": kind, "id": deleted(campus, user, kind)["id"]} for kind in KINDS]
    missing = {"kind": "lecture", "id": str(uuid7())}
    given = {"action": "RESTORE", "items": [items[0], missing, *items[1:]]}
    answer = keyed(campus, "POST", f"{TRASH}/batch", user, given)
    assert answer.status == 207, answer.text
    assert [outcome["status"] for outcome in answer.data["results"]] == [200, 404, 200, 200]
    assert (answer.data["succeeded"], answer.data["failed"]) == (3, 1)
    assert live(campus, user) == {item["id"] for item in items}


def test_v1_names_the_type_of_an_item(campus: Campus, user: User):
    items = [{"type": kind, "id": deleted(campus, user, kind)["id"]} for kind in KINDS]
    listed = campus.call("GET", "/v1/tasks/trash", user).data
    assert {(item["type"], item["id"]) for item in listed} == {
        (item["type"], item["id"]) for item in items
    }
    given = {"action": "DELETE_PERMANENTLY", "items": items}
    answer = keyed(campus, "POST", "/v1/tasks/trash/batch", user, given)
    assert answer.status == 200, answer.text
    assert trash(campus, user) == []
