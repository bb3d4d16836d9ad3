"""The fold: who holds the entitlement after what has happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.webhooks.entitlement import Effect, Fact, Holding, fold

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = ("ann", "ben", "cem")


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def fact(effect: Effect, at: float, until: float | None = None, grace: float | None = None) -> Fact:
    return Fact(
        holder="ann",
        part="holder",
        effect=effect,
        provider_event_id=f"{effect} {at}",
        occurred_at=day(at),
        expires_at=None if until is None else day(until),
        grace_until=None if grace is None else day(grace),
    )


def transfer(at: float, giver: str, receiver: str) -> list[Fact]:
    known = replace(fact("move", at), provider_event_id=f"{giver} to {receiver} {at}")
    return [
        replace(known, holder=giver, part="giver"),
        replace(known, holder=receiver, part="receiver"),
    ]


def state(held: Holding) -> tuple[str, str, datetime]:
    return held.tier, held.status, held.expires_at


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([fact("grant", 0, 30)], ("premium", "active", 30)),
        ([fact("grant", 0)], ("premium", "active", 31)),
        ([fact("grant", 0, 30), fact("grant", 30, 60)], ("premium", "active", 60)),
        ([fact("grant", 0, 30), fact("grant", 10)], ("premium", "active", 30)),
        ([fact("grant", 0, 30), fact("grant", 40)], ("premium", "active", 71)),
        ([fact("grant", 0, 30), fact("cancel", 5, 30)], ("premium", "canceled", 30)),
        ([fact("grant", 0, 30), fact("cancel", 5)], ("premium", "canceled", 30)),
        ([fact("grant", 0, 30), fact("cancel", 5, 4)], ("free", "canceled", 4)),
        (
            [fact("grant", 0, 30), fact("cancel", 5), fact("grant", 6, 30)],
            ("premium", "active", 30),
        ),
        (
            [fact("grant", 0, 30), fact("past_due", 30, 30), fact("past_due", 30.1, 30, 46)],
            ("premium", "past_due", 46),
        ),
        ([fact("grant", 0, 30), fact("past_due", 30, 30, 46)], ("premium", "past_due", 46)),
        (
            [fact("grant", 0, 30), fact("past_due", 30, None, 46), fact("past_due", 30.5, 30)],
            ("premium", "past_due", 46),
        ),
        (
            [fact("grant", 0, 30), fact("past_due", 30, 30, 46), fact("cancel", 40, 30)],
            ("premium", "canceled", 46),
        ),
        (
            [fact("grant", 0, 30), fact("past_due", 30, 30, 46), fact("grant", 40, 70)],
            ("premium", "active", 70),
        ),
        ([fact("grant", 0, 30), fact("past_due", 31)], ("free", "past_due", 30)),
        ([fact("grant", 0, 30), fact("end", 30, 30)], ("free", "expired", 30)),
        ([fact("grant", 0, 30), fact("end", 10, 30)], ("free", "expired", 10)),
        ([fact("end", 10), fact("cancel", 11, 40)], ("free", "expired", 10)),
        ([fact("end", 10), fact("past_due", 11, None, 40)], ("free", "expired", 10)),
        ([fact("end", 10), fact("grant", 11, 40)], ("premium", "active", 40)),
        ([fact("cancel", 5, 30)], ("premium", "canceled", 30)),
        ([fact("past_due", 5, None, 9)], ("premium", "past_due", 9)),
    ],
)
def test_each_history_has_its_state(facts: list[Fact], expected: tuple[str, str, float]):
    tier, status, until = expected
    for order in permutations(facts):
        assert state(fold(order)["ann"]) == (tier, status, day(until))


@pytest.mark.parametrize("effect", ["cancel", "past_due"])
def test_the_end_of_nothing_known_is_nothing(effect: Effect):
    assert fold([fact(effect, 5)]) == {}


def test_a_transfer_moves_both_sides():
    held = fold([fact("grant", 0, 30), *transfer(5, "ann", "ben")])
    assert state(held["ann"]) == ("free", "expired", day(5))
    assert state(held["ben"]) == ("premium", "active", day(30))


def test_a_transfer_takes_what_there_was_at_its_time():
    late = [*transfer(5, "ann", "ben"), fact("grant", 6, 36), fact("grant", 0, 30)]
    held = fold(late)
    assert state(held["ann"]) == ("premium", "active", day(36))
    assert state(held["ben"]) == ("premium", "active", day(30))


def test_a_transfer_goes_on_through_many_hands():
    held = fold([*transfer(6, "ben", "cem"), fact("grant", 0, 30), *transfer(5, "ann", "ben")])
    assert [held[name].tier for name in PEOPLE] == ["free", "free", "premium"]
    assert held["cem"].expires_at == day(30)


def test_the_receiver_keeps_the_better_of_both():
    own = replace(fact("grant", 1, 300), holder="ben")
    held = fold([fact("grant", 0, 30), own, *transfer(5, "ann", "ben")])
    assert state(held["ben"]) == ("premium", "active", day(300))


def test_a_transfer_of_nothing_changes_nothing():
    own = replace(fact("grant", 1, 300), holder="ben")
    over = [fact("grant", 0, 3), fact("end", 3)]
    held = fold([*over, own, *transfer(5, "ann", "ben")])
    assert state(held["ann"]) == ("free", "expired", day(3))
    assert held["ben"] == fold([own])["ben"]


times = st.integers(0, 6)
ends = st.none() | st.integers(0, 12)


@st.composite
def told(draw: st.DrawFn) -> list[Fact]:
    """What one random event tells: times collide often, on purpose."""
    identity = str(draw(st.integers(0, 10**6)))
    kind = draw(st.sampled_from(["grant", "cancel", "past_due", "end", "move"]))
    at = draw(times)
    if kind == "move":
        giver, receiver = draw(st.permutations(PEOPLE))[:2]
        return [replace(f, provider_event_id=identity) for f in transfer(at, giver, receiver)]
    plain = fact(kind, at, draw(ends), draw(ends))  # pyright: ignore[reportArgumentType]
    holder = draw(st.sampled_from(PEOPLE))
    return [replace(plain, holder=holder, provider_event_id=identity)]


histories = st.lists(told(), max_size=8, unique_by=lambda facts: facts[0].provider_event_id)


@given(histories, st.data())
def test_no_order_and_no_repetition_changes_the_result(history: list[list[Fact]], data):
    facts = [fact for event in history for fact in event]
    repeats = data.draw(st.lists(st.sampled_from(facts))) if facts else []
    shuffled = data.draw(st.permutations(facts + repeats))
    assert fold(shuffled) == fold(facts)


@given(histories)
def test_nobody_gains_by_transfers(history: list[list[Fact]]):
    """At most one person holds what was bought once."""
    grants = [e for e in history if e[0].effect in ("grant", "cancel", "past_due")]
    held = fold(fact for event in history for fact in event)
    assert sum(h.tier == "premium" for h in held.values()) <= len(grants)
