"""Newest shapes of flashcards, their decks and their reviews."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from functions.courses.related_models import CardDeck
from shared.models import (
    INCLUDED,
    AnyOf,
    Deletable,
    Id,
    Include,
    ListQuery,
    Model,
    QueryBoolean,
    ReadQuery,
    Text,
    Timestamp,
)

CardState = Literal["new", "learning", "review", "relearning"]
Rating = Literal["again", "hard", "good", "easy"]
DeckTitle = Annotated[Text, Field(min_length=1, max_length=200)]
DeckDescription = Annotated[Text, Field(max_length=2000)]
Front = Annotated[Text, Field(min_length=1, max_length=2000)]
Back = Annotated[Text, Field(min_length=1, max_length=5000)]
CardTag = Annotated[Text, Field(min_length=1, max_length=50)]
CardTags = Annotated[list[CardTag], Field(max_length=20)]
Search = Annotated[Text, Field(min_length=1, max_length=200)]

# In a patch: absent unless the client names it, and then never null.
ABSENT: Any = Field(default=None)


class DeckCounts(Model):
    """How many live cards a deck has; `due` leaves out the suspended ones."""

    cards: int
    new: int
    due: int


class FlashcardDeck(Deletable):
    """A deck of flashcards, maybe for a course, whose exam is then the cards' deadline."""

    course_id: UUID | None
    title: str
    description: str
    counts: DeckCounts


class DeletedFlashcardDeck(Deletable):
    """A deck in the trash. Everything that its deletion took carries the same `deletionId`."""

    course_id: UUID | None
    title: str
    deletion_id: UUID


class NewFlashcardDeck(Model):
    """A new deck."""

    title: DeckTitle
    description: DeckDescription = ""
    course_id: Id | None = None


class FlashcardDeckPatch(Model):
    """Changes to a deck: absent fields stay, null clears."""

    title: DeckTitle = ABSENT
    description: DeckDescription = ABSENT
    course_id: Id | None = None


class TrashQuery(ListQuery):
    """How a trash is paged."""


class FlashcardDeckQuery(ListQuery):
    """Filters of the list of decks."""

    course_id: AnyOf[Id] | None = None


class Flashcard(Deletable):
    """A card with the state of its scheduling. A new card is due at once and has no `stability`
    or `difficulty` yet. A suspended one is never due."""

    deck_id: UUID
    front: str
    back: str
    tags: list[str]
    suspended: bool
    state: CardState
    step: int | None
    stability: float | None
    difficulty: float | None
    due_at: datetime
    last_reviewed_at: datetime | None
    reviews: int
    lapses: int
    deck: CardDeck | None = INCLUDED


class DeletedFlashcard(Deletable):
    """A card in the trash, by itself or with its deck, as `deletionId` says."""

    deck_id: UUID
    front: str
    deletion_id: UUID


class NextDates(Model):
    """When a card would be due next, for each answer given now."""

    again: datetime
    hard: datetime
    good: datetime
    easy: datetime


class DueFlashcard(Flashcard):
    """A card that waits to be reviewed, with what each answer would lead to."""

    next: NextDates


class NewFlashcard(Model):
    """A new card."""

    deck_id: Id
    front: Front
    back: Back
    tags: CardTags = Field(default_factory=list)


class FlashcardPatch(Model):
    """Changes to a card: absent fields stay. Another `deckId` moves it."""

    deck_id: Id = ABSENT
    front: Front = ABSENT
    back: Back = ABSENT
    tags: CardTags = ABSENT
    suspended: bool = ABSENT


class FlashcardQuery(ListQuery):
    """Filters of the list of cards."""

    deck_id: AnyOf[Id] | None = None
    state: AnyOf[CardState] | None = None
    suspended: QueryBoolean | None = None
    tags: AnyOf[CardTag] | None = None
    q: Search | None = None
    include: Include[Literal["deck"]] | None = None


class FlashcardRead(ReadQuery):
    """What of a card, and with what."""

    include: Include[Literal["deck"]] | None = None


class DueQuery(ListQuery):
    """Filters of the cards that are due."""

    deck_id: AnyOf[Id] | None = None
    course_id: AnyOf[Id] | None = None


class NewReview(Model):
    """How well a card was known. `reviewedAt` is for reviews made offline: not before the last
    one, and not ahead; without it, now."""

    rating: Rating
    reviewed_at: Timestamp | None = None
    duration_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class FlashcardReview(Model):
    """One answer in the log of a card; `number` counts them from 1."""

    id: UUID
    number: int
    rating: Rating
    reviewed_at: datetime
    duration_ms: int | None


class ReviewQuery(ListQuery):
    """How the log of a card is paged."""


class Reviewed(Model):
    """An answer with what it made of the card; `id` is the review's, to undo it."""

    id: UUID
    flashcard: Flashcard
    next: NextDates
