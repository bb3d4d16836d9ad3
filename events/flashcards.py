"""Facts about flashcards and their decks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.facts import Event


class FlashcardDeckCreated(Event, type="flashcard_deck.created"):
    """A deck was made, maybe for a course."""

    flashcard_deck_id: UUID
    course_id: UUID | None


class FlashcardDeckUpdated(Event, type="flashcard_deck.updated"):
    """Fields of a deck changed."""

    flashcard_deck_id: UUID
    changed: list[str]


class FlashcardDeckDeleted(Event, type="flashcard_deck.deleted"):
    """A deck went to the trash, with its cards."""

    flashcard_deck_id: UUID
    deletion_id: UUID


class FlashcardDeckRestored(Event, type="flashcard_deck.restored"):
    """A deck came back, with exactly what that deletion took."""

    flashcard_deck_id: UUID
    deletion_id: UUID


class FlashcardDeckPurged(Event, type="flashcard_deck.purged"):
    """A deck was removed for good, with its cards."""

    flashcard_deck_id: UUID


class FlashcardCreated(Event, type="flashcard.created"):
    """A card was made."""

    flashcard_id: UUID
    deck_id: UUID


class FlashcardUpdated(Event, type="flashcard.updated"):
    """Fields of a card changed."""

    flashcard_id: UUID
    deck_id: UUID
    changed: list[str]


class FlashcardDeleted(Event, type="flashcard.deleted"):
    """A card went to the trash by itself."""

    flashcard_id: UUID
    deletion_id: UUID


class FlashcardRestored(Event, type="flashcard.restored"):
    """A card came back."""

    flashcard_id: UUID
    deletion_id: UUID


class FlashcardPurged(Event, type="flashcard.purged"):
    """A card was removed for good by itself."""

    flashcard_id: UUID


class FlashcardReviewed(Event, type="flashcard.reviewed"):
    """A card was answered; `state` is what that made of it. `timezone` is the user's at that time:
    it decides the day."""

    flashcard_id: UUID
    deck_id: UUID
    course_id: UUID | None
    rating: Literal["again", "hard", "good", "easy"]
    state: Literal["new", "learning", "review", "relearning"]
    reviewed_at: datetime
    timezone: str = "UTC"
    duration_ms: int | None


class FlashcardReviewUndone(Event, type="flashcard.review_undone"):
    """The last answer to a card was taken back."""

    flashcard_id: UUID
    deck_id: UUID
    review_id: UUID
