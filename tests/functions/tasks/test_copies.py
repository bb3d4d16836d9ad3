"""Copies of assignments: what goes along, what is new, and what counts."""

from typing import Any
from uuid import UUID

import pytest

from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import DUE, create, keyed, reminders

LATER = "2031-03-01T10:00:00Z"
OWN = {"id", "title", "createdAt", "updatedAt", "version", "checklist", "completedAt", "score",
       "percentDone", "status", "late"}  # fmt: skip


def duplicate(campus: Campus, user: User, made: dict[str, Any], **given: Any) -> Answer:
    return campus.call("POST", f"/v2/tasks/assignments/{made['id']}/duplicate", user, given)


def test_a_copy_is_to_be_done_anew(campus: Campus, user: User):
    whole = create(campus, user)
    made = create(
        campus, user, parentId=whole["id"], points=10, score=9, tags=["history"],
        checklist=[{"text": "Read", "done": True}, {"text": "Write", "done": False}],
        startOn="2030-01-01", reminders=[60, 15], status="graded", percentDone=100,
    )  # fmt: skip
    answer = duplicate(campus, user, made, title="Once more")
    assert answer.status == 201, answer.text
    copy = answer.data
    assert answer.headers["Location"] == f"/v2/tasks/assignments/{copy['id']}"
    same = {name for name in made if copy[name] == made[name]}
    assert made.keys() - same == OWN - {"late", "version"}
    assert (copy["status"], copy["score"], copy["percentDone"]) == ("todo", None, 0)
    assert (copy["title"], copy["completedAt"]) == ("Once more", None)
    assert copy["checklist"] == [{"text": name, "done": False} for name in ("Read", "Write")]
    assert campus.types(user)[-1] == "assignment.created"
    assert [status for status, _ in reminders(campus, user)].count("pending") == 3
    assert campus.call("GET", answer.headers["Location"], user).data == copy


@pytest.mark.parametrize("due", [{"dueAt": LATER}, {"dueOn": "2031-03-01"}])
def test_what_is_about_the_old_due_time_stays_behind(campus: Campus, user: User, due: Any):
    series = {"recurrence": "FREQ=WEEKLY;COUNT=5", "exdates": [DUE[:-1]], "startOn": "2030-01-01"}
    made = create(campus, user, **series)
    moved = duplicate(campus, user, made, **due).data
    assert (moved["exdates"], moved["startOn"]) == ([], None)
    assert (moved["recurrence"], moved["dueOn"]) == (made["recurrence"], due.get("dueOn"))
    again = duplicate(campus, user, made).data
    assert (again["exdates"], again["startOn"]) == (made["exdates"], made["startOn"])
    assert duplicate(campus, user, moved).data["dueAt"] == moved["dueAt"]


def occurrences(campus: Campus, made: dict[str, Any]) -> int:
    found = campus.rows("select 1 from occurrence where assignment_id = %s", UUID(made["id"]))
    return len(found)


def test_a_copy_of_a_series_takes_place_as_often(campus: Campus, user: User):
    made = create(campus, user, recurrence="FREQ=WEEKLY;COUNT=5")
    copy = duplicate(campus, user, made).data
    assert occurrences(campus, copy) == occurrences(campus, made) == 5
    once = duplicate(campus, user, made, recurrence=None).data
    assert (once["recurrence"], occurrences(campus, once)) == (None, 0)


def test_a_copy_counts_as_a_new_item(campus: Campus, user: User):
    made = create(campus, user)
    for _ in range(14):
        assert duplicate(campus, user, made).status == 201
    refused = duplicate(campus, user, made)
    assert (refused.status, refused.error) == (403, "TASK_LIMIT_EXCEEDED")
    assert refused.json["error"]["details"]["used"] == 15


def test_a_copy_has_no_more_reminders_than_the_plan_allows_now(campus: Campus, premium: User):
    made = create(campus, premium, reminders=[5, 15, 30, 60])
    campus.admin.execute(
        "update app_user set subscription_tier = 'free' where id = %s", (premium.id,)
    )
    assert duplicate(campus, premium, made).data["reminders"] == [5, 15, 30]
    assert duplicate(campus, premium, made, reminders=[5, 15, 30, 60]).status == 403


@pytest.mark.parametrize(
    "wrong",
    [{"dueAt": LATER, "dueOn": "2031-03-01"}, {"dueAt": None}, {"score": 1}, {"title": ""}],
)
def test_what_is_no_copy_is_refused(campus: Campus, user: User, wrong: dict[str, Any]):
    made = create(campus, user)
    assert duplicate(campus, user, made, **wrong).status == 422
    assert campus.types(user).count("assignment.created") == 1


def test_what_is_in_the_trash_or_elses_is_not_copied(campus: Campus, user: User):
    made = create(campus, user)
    assert duplicate(campus, campus.user(), made).status == 404
    assert keyed(campus, "DELETE", f"/v2/tasks/assignments/{made['id']}", user).status == 204
    assert duplicate(campus, user, made).status == 404
