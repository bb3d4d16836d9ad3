"""Decks, cards and answers, made through the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.campus import Answer, Campus, User

LONG_AGO = datetime(2026, 1, 1, 8, tzinfo=UTC)


def wire(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def deck(campus: Campus, user: User, **fields: object) -> str:
    made = campus.call("POST", "/v2/flashcard-decks", user, {"title": "Vocabulary", **fields})
    assert made.status == 201, made.text
    return made.data["id"]


def card(campus: Campus, user: User, of: str | None = None, **fields: object) -> str:
    body = {"deckId": of or deck(campus, user), "front": "el perro", "back": "the dog", **fields}
    made = campus.call("POST", "/v2/flashcards", user, body)
    assert made.status == 201, made.text
    return made.data["id"]


def old_card(campus: Campus, user: User, of: str | None = None) -> str:
    """A card that has been there since LONG_AGO, so that answers can be given since then."""
    made = card(campus, user, of)
    campus.admin.execute(
        "update flashcard set created_at = %(at)s, scheduled_at = %(at)s, due_at = %(at)s"
        " where id = %(id)s",
        {"at": LONG_AGO, "id": made},
    )
    return made


def answer(campus: Campus, user: User, of: str, rating: str, at: datetime | None = None) -> Answer:
    body: dict[str, Any] = {"rating": rating}
    if at:
        body["reviewedAt"] = wire(at)
    return campus.call("POST", f"/v2/flashcards/{of}/reviews", user, body)


def undo(campus: Campus, user: User, of: str, review: str) -> Answer:
    return campus.call("DELETE", f"/v2/flashcards/{of}/reviews/{review}", user)


def stored(campus: Campus, of: str) -> dict[str, Any]:
    """The card's row without what moves on with every change."""
    [(row,)] = campus.rows("select to_jsonb(f) from flashcard f where id = %s", of)
    return {name: value for name, value in row.items() if name not in ("version", "updated_at")}


def days(number: float) -> timedelta:
    return timedelta(days=number)
