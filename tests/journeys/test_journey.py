"""The journey of a student over real HTTP, against the local stack, with a hard kill in its middle.

Sign up, confirm with the mailed code, sign in, buy premium, plan a course with 30 assignments, page
through them in both versions, complete one, see what events did, delete the course, find its items
in the trash, restore exactly them, read the audit of it all, lose premium.
"""

import json
import time
from typing import Any
from uuid import uuid4

import psycopg

from tests.journeys.deployment import Deployment, Reply, wait_for
from tests.journeys.people import Person


def subscription(stack: Deployment, person: Person, kind: str, days: int) -> None:
    """What RevenueCat posts."""
    now = int(time.time() * 1000)
    body = {
        "api_version": "1.0",
        "event": {
            "id": uuid4().hex,
            "type": kind,
            "app_user_id": person.id,
            "event_timestamp_ms": now,
            "expiration_at_ms": now + days * 86_400_000,
            "entitlement_ids": ["oddity"],
            "environment": "PRODUCTION",
            "product_id": "oddity_monthly",
        },
    }
    forged = stack.call("POST", "/webhooks/revenuecat", body=body, Authorization="wrong")
    assert forged.status == 401

    secret = json.loads(stack.secret("revenuecat-webhook"))[0]
    for _ in range(2):  # providers deliver at least once
        answer = stack.call("POST", "/webhooks/revenuecat", body=body, Authorization=secret)
        assert answer.status == 200, answer.text


def tier_is(person: Person, tier: str) -> Any:
    return wait_for(lambda: person.get("/v2/users/me/subscription").data["tier"] == tier, 60)


def test_the_journey(stack: Deployment):
    ada = Person(stack, "ada")
    ada.join()
    wait_for(
        lambda: [mail for mail in stack.mails_to(ada.email) if "elcome" in mail["subject"]], 20
    )
    subscription(stack, ada, "INITIAL_PURCHASE", 30)
    tier_is(ada, "premium")

    course = ada.send(
        "POST", "/v2/courses", 201, {"title": "Analytical Engines", "code": "CS 1"}
    ).data
    ids = set()
    for number in range(30):
        body = {
            "title": f"Exercise {number:02}",
            "courseId": course["id"],
            "dueAt": f"2027-01-{number % 28 + 1:02}T10:00:00Z",
        }
        made = ada.send(
            "POST", "/v2/tasks/assignments", 201, body, Idempotency_Key=f"{course['id']}-{number}"
        )
        ids.add(made.data["id"])
        if number == 15:
            stack.kill()
            took = stack.start()
            assert took < stack.restart_seconds, f"the second start took {took:.1f} s"
            again = ada.send(
                "POST",
                "/v2/tasks/assignments",
                201,
                body,
                Idempotency_Key=f"{course['id']}-{number}",
            )
            assert again.headers["Idempotency-Replayed"] == "true"
            assert again.data["id"] == made.data["id"]
    assert paged_v2(ada, course["id"]) == paged_v1(ada, course["id"]) == ids

    done = next(iter(ids))
    completed = ada.send("POST", f"/v2/tasks/assignments/{done}/complete", 200)
    wait_for(lambda: ada.get("/v2/tasks/stats/streak").data["currentDays"] == 1, 60)
    wait_for(lambda: ada.get("/v2/notifications").data, 60)

    preview = ada.send("DELETE", f"/v2/courses/{course['id']}?dryRun=true", 200)
    assert preview.data["counts"]["assignments"] == 30
    ada.send("DELETE", f"/v2/courses/{course['id']}", 204)
    wait_for(lambda: len(trash(ada)) >= 30, 60)
    assert ids <= {item["id"] for item in trash(ada)}
    assert ada.get(f"/v2/tasks/assignments?courseId={course['id']}").data == []
    ada.send("POST", f"/v2/courses/{course['id']}/restore", 200, Idempotency_Key=uuid4().hex)
    wait_for(lambda: paged_v2(ada, course["id"]) == ids, 60)
    assert trash(ada) == []

    audit_of(stack, ada, completed)

    subscription(stack, ada, "EXPIRATION", 0)
    tier_is(ada, "free")
    refused = ada.send(
        "POST",
        "/v2/tasks/assignments",
        403,
        {"title": "One too many", "dueAt": "2027-01-01T10:00:00Z"},
    )
    assert refused.json["error"]["code"] == "TASK_LIMIT_EXCEEDED"
    assert refused.json["error"]["details"]["limit"] == 15


def audit_of(stack: Deployment, person: Person, completed: Reply) -> None:
    """An admin reads what happened: once each, and one correlation id from cause to effect."""
    root = Person(stack, "root")
    root.join()
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute("update app_user set role = 'admin' where id = %s", (root.id,))
    entries: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = root.get(f"/v2/admin/audit-entries?user={person.id}&limit=100{cursor}").json
        entries += page["data"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = f"&cursor={page['pageInfo']['endCursor']}"
    types = [entry["type"] for entry in entries]
    assert types.count("assignment.created") == 30
    for once in (
        "user.created",
        "subscription.changed",
        "course.created",
        "assignment.completed",
        "streak.updated",
        "course.deleted",
        "course.restored",
    ):
        assert types.count(once) == 1, f"{once}: {types.count(once)}"
    correlation = completed.headers["X-Correlation-Id"]
    related = {entry["type"] for entry in entries if entry["correlationId"] == correlation}
    assert {"assignment.completed", "streak.updated"} <= related


def paged_v2(person: Person, course: str) -> set[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = person.get(f"/v2/tasks/assignments?courseId={course}&limit=7{cursor}").json
        found += [item["id"] for item in page["data"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == len(set(found))
            return set(found)
        cursor = f"&cursor={page['pageInfo']['endCursor']}"


def paged_v1(person: Person, course: str) -> set[str]:
    found: list[str] = []
    number = 1
    while True:
        path = f"/v1/tasks/assignments?course_id={course}&page={number}&page_size=7"
        page = person.get(path).json
        assert page["success"] is True
        assert page["pagination"]["total"] == 30
        found += [item["id"] for item in page["data"]]
        if not page["pagination"]["has_next_page"]:
            assert len(found) == len(set(found))
            return set(found)
        number += 1


def trash(person: Person) -> list[dict[str, Any]]:
    return person.get("/v2/tasks/trash?limit=100").data
