"""The plan: what was paid for, what it allows, what is used."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from events.webhooks import SubscriptionChanged
from shared.facts import Emissions, Origin, envelope
from tests.campus import Campus, User, context, queue_event

NEXT_YEAR = datetime.now(UTC).replace(microsecond=0) + timedelta(days=365)


def change(user: User, tier: str, status: str, version: int, expires: Any = NEXT_YEAR) -> Any:
    """What the bus carries when a provider tells of a change."""
    emissions = Emissions(Origin("campus.webhooks", "req_test", user_id=user.id))
    emissions.add(
        SubscriptionChanged(
            subscription_id=user.id,
            tier=tier,
            status=status,
            expires_at=expires,
            entity_version=version,
        )
    )
    return orjson.loads(orjson.dumps(envelope(emissions.records[0]), option=orjson.OPT_UTC_Z))


def hear(campus: Campus, *facts: Any) -> None:
    for fact in facts:
        answer = campus.handlers["users"](queue_event(fact), context())
        assert answer == {"batchItemFailures": []}


def plan(campus: Campus, user: User) -> tuple[str, str | None]:
    data = campus.call("GET", "/v2/users/me/subscription", user).data
    return data["tier"], data["status"]


def test_a_bought_plan_is_in_effect_and_told_once(campus: Campus, user: User):
    fact = change(user, "premium", "active", 1)
    hear(campus, fact, fact)
    assert plan(campus, user) == ("premium", "active")
    assert campus.types(user) == ["user.updated"]
    limits = campus.call("GET", "/v2/users/me/entitlements", user).data
    assert (limits["newTasksIn30Days"], limits["liveCourses"]) == (70, 10)


def test_the_newest_change_wins_in_whatever_order(campus: Campus, user: User):
    hear(campus, change(user, "free", "expired", 3, None), change(user, "premium", "active", 2))
    assert plan(campus, user) == ("free", "expired")


def test_a_plan_that_has_ended_counts_as_free(campus: Campus, user: User):
    hear(campus, change(user, "premium", "active", 1, datetime.now(UTC) - timedelta(seconds=1)))
    data = campus.call("GET", "/v2/users/me/subscription", user).data
    assert (data["tier"], data["isActive"]) == ("free", False)
    assert campus.call("GET", "/v2/users/me/entitlements", user).data["tier"] == "free"


def test_v1_has_its_own_names(campus: Campus, premium: User):
    data = campus.call("GET", "/v1/users/me/subscription", premium).data
    assert (data["tier"], data["has_active_subscription"]) == ("oddity", True)
    assert data["account_status"] == "active"


def test_usage_counts_new_tasks(campus: Campus, user: User):
    empty = campus.call("GET", "/v2/users/me/usage", user).data
    assert (empty["newTasksUsed"], empty["newTasksLimit"]) == (0, 15)
    assert empty["newTasksResetAt"] is None
    due = {"title": "Essay", "dueAt": "2027-01-01T00:00:00Z"}
    assert campus.call("POST", "/v2/tasks/assignments", user, due).status == 201
    used = campus.call("GET", "/v2/users/me/usage", user).data
    assert (used["newTasksUsed"], used["liveCoursesUsed"]) == (1, 0)
    assert used["newTasksResetAt"] > NEXT_YEAR.isoformat()[:2]


def test_admins_have_no_limits(campus: Campus, admin: User):
    limits = campus.call("GET", "/v2/users/me/entitlements", admin).data
    assert limits["newTasksIn30Days"] is None
    assert limits["trashHours"] == 48
