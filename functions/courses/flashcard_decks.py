"""Decks of flashcards. They are their owner's alone."""

from uuid import UUID

from events.flashcards import FlashcardDeckCreated, FlashcardDeckUpdated
from functions.courses.flashcard_models import (
    DeletedFlashcardDeck,
    FlashcardDeck,
    FlashcardDeckPatch,
    FlashcardDeckQuery,
    NewFlashcardDeck,
    TrashQuery,
)
from functions.courses.operations import delete_part, entity, missing, purge_part, restore_part
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page
from shared.plans import plan_of
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/flashcard-decks", tag="courses")
sql = queries(__file__)


@routes.get("")
def list_flashcard_decks(request: Request, query: FlashcardDeckQuery) -> Page[FlashcardDeck]:
    """List decks with their numbers of cards, newest first unless sorted otherwise."""
    return request.db.page(FlashcardDeck, sql.list_decks, query)


@routes.post("", status=201)
def create_flashcard_deck(request: Request, body: NewFlashcardDeck) -> FlashcardDeck:
    """Create a deck, maybe for a course: the day before its exam is the cards' deadline."""
    row = request.db.rows(sql.create_deck, id=uuid7(), **body.values())[0]
    deck = entity(FlashcardDeck, _with_course(row))
    request.emit(FlashcardDeckCreated(flashcard_deck_id=deck.id, course_id=deck.course_id))
    return deck


@routes.get("/trash")
def list_deleted_flashcard_decks(request: Request, query: TrashQuery) -> Page[DeletedFlashcardDeck]:
    """List the decks in the trash, the last deleted first."""
    hours = plan_of(request).trash_hours
    return request.db.page(DeletedFlashcardDeck, sql.list_deleted_decks, query, trash_hours=hours)


@routes.get("/{flashcard_deck_id}")
def get_flashcard_deck(request: Request, flashcard_deck_id: UUID) -> FlashcardDeck:
    """Get one deck with its numbers of cards."""
    return request.db.one(FlashcardDeck, sql.get_deck, id=flashcard_deck_id)


@routes.patch("/{flashcard_deck_id}", also_put=True)
def update_flashcard_deck(
    request: Request, flashcard_deck_id: UUID, body: FlashcardDeckPatch
) -> FlashcardDeck:
    """Change fields of a deck (JSON Merge Patch). With another course its cards get another
    deadline."""
    changes = body.changes()
    row = request.db.row(
        sql.update_deck,
        id=flashcard_deck_id,
        changes=changes,
        course_id=body.course_id,
        timezone=request.known_caller.timezone,
    )
    if row is None:
        raise missing(request)
    deck = entity(FlashcardDeck, _with_course(row))
    if changes:
        request.emit(
            FlashcardDeckUpdated(
                flashcard_deck_id=deck.id, changed=sorted(changes), entity_version=deck.version
            )
        )
    return deck


@routes.delete("/{flashcard_deck_id}")
def delete_flashcard_deck(request: Request, flashcard_deck_id: UUID) -> None:
    """Move a deck to the trash, with its cards and their reviews."""
    delete_part(request, "flashcard_deck", flashcard_deck_id)


# The second statement reads what the first one brought back: one does not see its own effect.
@routes.post(
    "/{flashcard_deck_id}/restore",
    limit="updates",
    idempotency="required",
    statements=2,
    errors=("CONFLICT",),
)
def restore_flashcard_deck(request: Request, flashcard_deck_id: UUID) -> FlashcardDeck:
    """Bring a deck back from the trash, with exactly the cards that its deletion took."""
    restore_part(request, "flashcard_deck", flashcard_deck_id)
    return get_flashcard_deck(request, flashcard_deck_id)


@routes.delete(
    "/{flashcard_deck_id}/permanent",
    idempotency="required",
    critical=True,
    errors=("CONFLICT",),
)
def purge_flashcard_deck(request: Request, flashcard_deck_id: UUID) -> None:
    """Remove a deck in the trash for good, with its cards. A live one is refused."""
    purge_part(request, "flashcard_deck", flashcard_deck_id)


def _with_course(row: dict[str, object]) -> dict[str, object]:
    if not row["course_open"]:
        raise Refusal("NOT_FOUND", "There is no such course.")
    return row
