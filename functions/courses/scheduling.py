"""When a flashcard comes next: FSRS as published, by its authors' package, without fuzz.

The package is imported by the first review, not with the function: most calls need no scheduler.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args

from functions.courses.flashcard_models import NextDates, Rating
from shared.models import build

RATINGS: tuple[Rating, ...] = get_args(Rating)
_STATES = {"new": 1, "learning": 1, "review": 2, "relearning": 3}
_NAMES = {1: "learning", 2: "review", 3: "relearning"}


def reviewed(card: Mapping[str, Any], rating: Rating, at: datetime) -> dict[str, Any]:
    """The scheduling columns of a card after an answer. `card` holds those from before."""
    from fsrs import Rating as Answer

    before = _card(card)
    after, _ = _scheduler().review_card(before, Answer(RATINGS.index(rating) + 1), at)
    return {
        "state": _NAMES[after.state],
        "step": after.step,
        "stability": after.stability,
        "difficulty": after.difficulty,
        "scheduled_at": after.due,
        "last_reviewed_at": at,
        "lapses": card["lapses"] + (card["state"] == "review" and rating == "again"),
    }


def next_dates(card: Mapping[str, Any], at: datetime, eve: datetime | None) -> NextDates:
    """When the card would be due for each answer at that time."""
    dates = {rating: due(reviewed(card, rating, at)["scheduled_at"], at, eve) for rating in RATINGS}
    return build(NextDates, dates)


def due(scheduled: datetime, since: datetime, eve: datetime | None) -> datetime:
    """When what was scheduled is due: no later than the exam's eve, unless the card has been
    reviewed since then. (`flashcard_due` says the same for many rows at once.)"""
    return eve if eve is not None and since < eve < scheduled else scheduled


@cache
def _scheduler() -> Any:
    from fsrs import Scheduler

    return Scheduler(enable_fuzzing=False)


def _card(card: Mapping[str, Any]) -> Any:
    from fsrs import Card, State

    last = card["last_reviewed_at"]
    return Card(
        card_id=0,  # without one the package makes one, and waits for it
        state=State(_STATES[card["state"]]),
        step=card["step"],
        stability=card["stability"],
        difficulty=card["difficulty"],
        due=datetime.now(UTC),  # not looked at
        last_review=last.astimezone(UTC) if last else None,
    )
