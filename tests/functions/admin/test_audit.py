"""The audit shows what happened, by whom, to whom, and for staff why."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.campus import Campus, User, pages
from tests.functions.admin.conftest import REASON, Pool

DUE = "2027-01-01T00:00:00Z"


def entries(campus: Campus, admin: User, query: str) -> list[dict[str, Any]]:
    answer = campus.call("GET", f"/v2/admin/audit-entries?{query}", admin)
    assert answer.status == 200, answer.text
    return answer.data


def assignment(campus: Campus, user: User, title: str = "Essay") -> dict[str, Any]:
    body = {"title": title, "dueAt": DUE, "reminders": []}
    answer = campus.call("POST", "/v2/tasks/assignments", user, body)
    assert answer.status == 201, answer.text
    return answer.data


@pytest.fixture
def suspended(campus: Campus, admin: User, user: User, pool: Pool) -> User:
    assignment(campus, user)
    campus.call("POST", f"/v2/admin/users/{user.id}/suspend", admin, REASON)
    return user


def test_a_change_by_staff_has_reason_before_and_after(campus, admin: User, suspended: User):
    newest, made = entries(campus, admin, f"user={suspended.id}")
    assert (newest["type"], made["type"]) == ("user.suspended", "assignment.created")
    assert newest["reason"] == REASON["reason"]
    assert newest["before"] == {"accountStatus": "active", "suspendedUntil": None}
    assert newest["after"] == {"accountStatus": "suspended", "suspendedUntil": None}
    assert (newest["actorType"], newest["actorId"]) == ("user", str(admin.id))
    assert (newest["entityType"], newest["entityId"]) == ("user", str(suspended.id))
    assert (made["actorId"], made["reason"], made["before"]) == (str(suspended.id), None, None)
    assert made["data"]["dueAt"] == DUE


def test_no_free_text_and_no_address_is_in_the_trail(campus: Campus, admin: User, suspended: User):
    for entry in entries(campus, admin, f"user={suspended.id}"):
        told = str(entry["data"]) + str(entry["before"]) + str(entry["after"])
        assert suspended.email not in told
        assert "Essay" not in told


def test_every_filter_finds_what_it_names(campus: Campus, admin: User, suspended: User):
    newest, made = entries(campus, admin, f"user={suspended.id}")
    moment = quote(newest["occurredAt"])
    for query, expected in (
        (f"actor={admin.id}", [newest]),
        (f"actor={suspended.id}", [made]),
        (f"entity=user:{suspended.id}", [newest]),
        (f"entity=assignment:{made['entityId']}", [made]),
        (f"entity=course:{made['entityId']}", []),
        (f"user={suspended.id}&type=user.suspended", [newest]),
        (f"user={suspended.id}&type=user.suspended,assignment.created", [newest, made]),
        (f"correlationId={made['correlationId']}", [made]),
        (f"user={suspended.id}&occurredAfter={moment}", [newest]),
        (f"user={suspended.id}&occurredBefore={moment}", [made]),
        (f"user={suspended.id}&occurredAfter={moment}&occurredBefore={moment}", []),
    ):
        assert entries(campus, admin, query) == expected, query


def test_the_trail_is_paged_from_the_latest_on(campus: Campus, admin: User, premium: User):
    made = [assignment(campus, premium, f"Task {n}")["id"] for n in range(7)]
    path = f"/v2/admin/audit-entries?user={premium.id}"
    listed = [e["entityId"] for page in pages(campus, path, admin, 3) for e in page]
    assert listed == made[::-1]


@pytest.mark.parametrize(
    "query",
    ["user=x", "actor=x", "entity=x", "entity=:x", "entity=a:b:c", "entity=a:%00", "type=x",
     "type=a.b%0a", "correlationId=", "correlationId=%00", "occurredAfter=now", "sort=type",
     "occurredBefore=10000-01-01T00:00:00Z", "reason=x", "cursor=x"],
)  # fmt: skip
def test_a_wrong_filter_is_told(campus: Campus, admin: User, query: str):
    answer = campus.call("GET", f"/v2/admin/audit-entries?{query}", admin)
    assert (answer.status, answer.error) in (
        (422, "VALIDATION_ERROR"),
        (400, "INVALID_CURSOR"),
    )
