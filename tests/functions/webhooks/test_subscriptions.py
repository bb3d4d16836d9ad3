"""What webhooks make of subscriptions: in any order, however often, the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.ids import uuid7
from tests.campus import Campus, User, queue_event
from tests.functions.webhooks.conftest import DAY, NOW, RevenueCat, milliseconds

END = NOW + 30 * DAY
BOUGHT: dict[str, Any] = {"expiration_at_ms": milliseconds(END)}


def changes(campus: Campus, user: User) -> list[dict[str, Any]]:
    """The told changes of a user's subscription, in order."""
    return [
        {**event["data"], "version": event["entity"]["version"]}
        for event in campus.bus.seen
        if event["type"] == "subscription.changed" and event["userId"] == str(user.id)
    ]


def test_a_purchase_makes_premium_and_is_told_once(campus: Campus, revenuecat: RevenueCat, user):
    event = revenuecat.tell("INITIAL_PURCHASE", user.id, **BOUGHT)
    assert revenuecat.subscription(user.id) == ("premium", "active", END)
    assert revenuecat.fate(event) == ("processed", "applied")
    (change,) = changes(campus, user)
    assert change == {
        "subscriptionId": str(user.id),
        "tier": "premium",
        "status": "active",
        "expiresAt": END.isoformat().replace("+00:00", "Z"),
        "version": 1,
    }


def test_what_changes_nothing_is_not_told(campus: Campus, revenuecat: RevenueCat, user: User):
    revenuecat.tell("INITIAL_PURCHASE", user.id, **BOUGHT)
    later = revenuecat.tell("UNCANCELLATION", user.id, NOW + DAY, **BOUGHT)
    assert revenuecat.fate(later) == ("processed", "unchanged")
    assert len(changes(campus, user)) == 1


def test_a_cancellation_keeps_access_until_the_end(campus: Campus, revenuecat: RevenueCat, user):
    revenuecat.tell("INITIAL_PURCHASE", user.id, **BOUGHT)
    revenuecat.tell("CANCELLATION", user.id, NOW + DAY, **BOUGHT, cancel_reason="UNSUBSCRIBE")
    assert revenuecat.subscription(user.id) == ("premium", "canceled", END)
    revenuecat.tell("EXPIRATION", user.id, END, **BOUGHT)
    assert revenuecat.subscription(user.id) == ("free", "expired", END)
    assert [change["version"] for change in changes(campus, user)] == [1, 2, 3]


@pytest.mark.parametrize("first", ["BILLING_ISSUE", "CANCELLATION"])
def test_a_billing_issue_keeps_access_until_the_end_of_grace(revenuecat, user: User, first: str):
    """Both events of a failed payment come at the same time, in either order."""
    grace = END + 16 * DAY
    revenuecat.tell("INITIAL_PURCHASE", user.id, **BOUGHT)
    told = {
        "BILLING_ISSUE": {"grace_period_expiration_at_ms": milliseconds(grace)},
        "CANCELLATION": {"cancel_reason": "BILLING_ERROR"},
    }
    for number, kind in enumerate(sorted(told, key=lambda kind: kind != first)):
        revenuecat.tell(kind, user.id, END + timedelta(seconds=number), **BOUGHT, **told[kind])
    assert revenuecat.subscription(user.id) == ("premium", "past_due", grace)


def test_a_transfer_moves_both_sides_at_once(campus: Campus, revenuecat: RevenueCat):
    giver, receiver = campus.user(), campus.user()
    revenuecat.tell("INITIAL_PURCHASE", giver.id, **BOUGHT)
    sides = {
        "transferred_from": ["$RCAnonymousID:1", str(giver.id)],
        "transferred_to": ["$RCAnonymousID:2", str(receiver.id)],
        "app_user_id": None,
        "entitlement_ids": None,
        "environment": None,
    }
    moved = revenuecat.tell("TRANSFER", "", NOW + DAY, **sides)
    assert revenuecat.fate(moved) == ("processed", "applied")
    assert revenuecat.subscription(giver.id) == ("free", "expired", NOW + DAY)
    assert revenuecat.subscription(receiver.id) == ("premium", "active", END)
    transactions = campus.rows(
        "select distinct position from event where type = 'subscription.changed'"
        " and user_id = any(%s) and data ->> 'expiresAt' <> %s",
        [giver.id, receiver.id],
        "none",
    )
    assert len(transactions) == 2, "the purchase, and both sides of the transfer"


def test_what_was_bought_before_signing_up_arrives_with_the_transfer(revenuecat, user: User):
    anonymous = f"$RCAnonymousID:{uuid7().hex}"
    bought = revenuecat.tell("INITIAL_PURCHASE", anonymous, **BOUGHT)
    assert revenuecat.fate(bought) == ("ignored", "unknown_user")
    sides = {"transferred_from": [anonymous], "transferred_to": [str(user.id)]}
    revenuecat.tell("TRANSFER", "", NOW + DAY, app_user_id=None, **sides)
    assert revenuecat.subscription(user.id) == ("premium", "active", END)


def test_an_alias_may_name_the_user(revenuecat: RevenueCat, user: User):
    aliases = ["$RCAnonymousID:3", str(user.id).upper()]
    revenuecat.tell("INITIAL_PURCHASE", "$RCAnonymousID:3", aliases=aliases, **BOUGHT)
    assert revenuecat.subscription(user.id) == ("premium", "active", END)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"type": "TEST"}, "unknown_type"),
        ({"type": "SOMETHING_NEW"}, "unknown_type"),
        ({"app_user_id": "$RCAnonymousID:4"}, "unknown_user"),
        ({"app_user_id": "01a1fcde-17c1-7225-b6cf-5d643c6ef568"}, "unknown_user"),
        ({"app_user_id": "not an id"}, "unknown_user"),
        ({"app_user_id": None}, "unknown_user"),
        ({"entitlement_ids": ["other"]}, "other_entitlement"),
        ({"entitlement_ids": None}, "other_entitlement"),
    ],
    ids=str,
)
def test_what_does_not_concern_us_is_stored_and_ignored(campus, revenuecat, user, fields, outcome):
    event = revenuecat.event("INITIAL_PURCHASE", user.id, **BOUGHT) | fields
    assert revenuecat.send(event).status == 200
    revenuecat.settle()
    assert revenuecat.fate(event) == ("ignored", outcome)
    assert revenuecat.subscription(user.id) is None
    told = [fact for fact in campus.bus.seen if fact["type"] == "inbound_event.processed"][-1]
    assert told["data"]["outcome"] == outcome


@pytest.mark.parametrize(
    "fields",
    [
        {"expiration_at_ms": "soon"}, {"expiration_at_ms": 2**63}, {"expiration_at_ms": -1},
        {"grace_period_expiration_at_ms": 1.5}, {"aliases": "x"}, {"aliases": ["x"] * 201},
        {"app_user_id": 7}, {"entitlement_ids": "oddity"}, {"app_user_id": "x" * 201},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_processed_fails_alone_and_is_told(campus, revenuecat, user, fields):
    event = revenuecat.tell("INITIAL_PURCHASE", user.id, **{**BOUGHT, **fields})
    assert revenuecat.fate(event) == ("failed", "unreadable")
    assert revenuecat.subscription(user.id) is None
    assert campus.bus.seen[-1]["type"] == "inbound_event.failed"


@pytest.mark.parametrize("sandbox", ["SANDBOX", None, "production?"])
def test_a_sandbox_never_changes_production(revenuecat, user: User, monkeypatch, sandbox):
    monkeypatch.setattr("functions.webhooks.revenuecat.stage", lambda: "prod")
    event = revenuecat.tell("INITIAL_PURCHASE", user.id, environment=sandbox, **BOUGHT)
    assert revenuecat.fate(event) == ("ignored", "sandbox")
    assert revenuecat.subscription(user.id) is None
    revenuecat.tell("INITIAL_PURCHASE", user.id, NOW + DAY, **BOUGHT)
    assert revenuecat.subscription(user.id) == ("premium", "active", END)


def test_a_sandbox_counts_where_nothing_is_sold(revenuecat: RevenueCat, user: User):
    revenuecat.tell("INITIAL_PURCHASE", user.id, environment="SANDBOX", **BOUGHT)
    assert revenuecat.subscription(user.id) == ("premium", "active", END)


def test_an_event_delivered_twice_takes_effect_once(campus: Campus, revenuecat: RevenueCat, user):
    revenuecat.send(revenuecat.event("INITIAL_PURCHASE", user.id, **BOUGHT))
    received = campus.bus.waiting[-1]
    assert received["type"] == "inbound_event.received"
    revenuecat.settle()
    before = len(campus.bus.seen)
    again = campus.handlers["webhooks"](queue_event(received, received=2), None)
    assert again == {"batchItemFailures": []}
    assert len(campus.bus.seen) == before
    assert len(changes(campus, user)) == 1


class Chronicle:
    """A random history of a few people, to be told in any order."""

    kinds = ("INITIAL_PURCHASE", "RENEWAL", "CANCELLATION", "BILLING_ISSUE", "EXPIRATION",
             "UNCANCELLATION", "PRODUCT_CHANGE", "TRANSFER", "NEW_KIND")  # fmt: skip

    @classmethod
    def entries(cls) -> st.SearchStrategy[list[tuple[Any, ...]]]:
        offsets = st.none() | st.integers(0, 12)
        people = st.permutations([0, 1, 2])
        entry = st.tuples(st.sampled_from(cls.kinds), st.integers(0, 6), people, offsets, offsets)
        return st.lists(entry, min_size=1, max_size=6)

    @staticmethod
    def told(
        revenuecat: RevenueCat, entries: list[tuple[Any, ...]], users: list[User]
    ) -> list[dict[str, Any]]:
        """The same events about these users. Ids of equal times keep their order."""
        events: list[dict[str, Any]] = []
        for number, (kind, at, people, until, grace) in enumerate(entries):
            holder, other = users[people[0]], users[people[1]]
            fields: dict[str, Any] = {"id": f"{number} {uuid7()}"}
            if kind == "TRANSFER":
                fields["transferred_from"] = [str(holder.id)]
                fields["transferred_to"] = [str(other.id)]
            ends = {"expiration_at_ms": until, "grace_period_expiration_at_ms": grace}
            for name, days in ends.items():
                fields[name] = None if days is None else milliseconds(NOW + days * DAY)
            events.append(revenuecat.event(kind, holder.id, NOW + at * DAY, **fields))
        return events


def states(campus: Campus, users: list[User]) -> list[Any]:
    found = {
        row[0]: row[1:]
        for row in campus.rows(
            "select user_id, tier, status, expires_at, last_event_at from subscription"
            " where user_id = any(%s)",
            [user.id for user in users],
        )
    }
    return [found.get(user.id) for user in users]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(entries=Chronicle.entries(), data=st.data())
def test_every_order_with_repeats_ends_in_the_same_state(campus, revenuecat, entries, data):
    first, second = [campus.user() for _ in range(3)], [campus.user() for _ in range(3)]
    for event in sorted(
        Chronicle.told(revenuecat, entries, first),
        key=lambda event: (event["event_timestamp_ms"], event["id"]),
    ):
        revenuecat.send(event)
        revenuecat.settle()
    events = Chronicle.told(revenuecat, entries, second)
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=4))
    for event in data.draw(st.permutations(events + repeats)):
        revenuecat.send(event)
        if data.draw(st.booleans()):
            revenuecat.settle()
    revenuecat.settle()
    assert states(campus, second) == states(campus, first)


def test_many_at_once_end_as_one_after_another(campus: Campus, revenuecat: RevenueCat):
    """Eight consumers process purchases and transfers of three connected people."""
    entries = [
        (kind, at, people, 20 + at, None)
        for at, people in enumerate(permutations((0, 1, 2)))
        for kind in ("INITIAL_PURCHASE", "TRANSFER")
    ]
    first, second = [campus.user() for _ in range(3)], [campus.user() for _ in range(3)]
    for event in Chronicle.told(revenuecat, entries, first):
        revenuecat.send(event)
        revenuecat.settle()
    for event in Chronicle.told(revenuecat, entries, second):
        revenuecat.send(event)
    received = [queue_event(detail) for detail in campus.bus.waiting]
    campus.bus.waiting.clear()
    with ThreadPoolExecutor(8) as consumers:
        answers = list(consumers.map(lambda e: campus.handlers["webhooks"](e, None), received))
    assert answers == [{"batchItemFailures": []}] * len(entries)
    assert states(campus, second) == states(campus, first)


def test_what_was_paid_for_reaches_the_account_and_goes_again(campus, revenuecat, user: User):
    plan = "select subscription_tier from app_user where id = %s"
    revenuecat.tell("INITIAL_PURCHASE", user.id, **BOUGHT)
    assert campus.rows(plan, user.id) == [("premium",)]
    revenuecat.tell("EXPIRATION", user.id, END, **BOUGHT)
    assert campus.rows(plan, user.id) == [("free",)]


def test_all_orders_of_a_whole_life_end_alike(campus: Campus, revenuecat: RevenueCat):
    life = [("INITIAL_PURCHASE", 0, 30), ("CANCELLATION", 5, 30), ("RENEWAL", 30, 60)]
    for order in permutations(life):
        user = campus.user()
        for kind, at, until in order:
            end = milliseconds(NOW + until * DAY)
            revenuecat.send(revenuecat.event(kind, user.id, NOW + at * DAY, expiration_at_ms=end))
        revenuecat.settle()
        assert revenuecat.subscription(user.id) == ("premium", "active", NOW + 60 * DAY), order
