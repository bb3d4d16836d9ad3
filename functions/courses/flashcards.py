"""Flashcards. They are their owner's alone."""

from uuid import UUID

from events.flashcards import FlashcardCreated, FlashcardUpdated
from functions.courses.flashcard_models import (
    DeletedFlashcard,
    Flashcard,
    FlashcardPatch,
    FlashcardQuery,
    FlashcardRead,
    NewFlashcard,
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

routes = Routes("/flashcards", tag="courses")
sql = queries(__file__)


@routes.get("")
def list_flashcards(request: Request, query: FlashcardQuery) -> Page[Flashcard]:
    """List cards, newest first unless sorted otherwise."""
    return request.db.page(Flashcard, sql.list_flashcards, query)


@routes.post("", status=201)
def create_flashcard(request: Request, body: NewFlashcard) -> Flashcard:
    """Create a card in a deck. It is due at once."""
    row = request.db.row(sql.create_flashcard, id=uuid7(), **body.values())
    if row is None:
        raise Refusal("NOT_FOUND", "There is no such deck.")
    card = entity(Flashcard, row)
    request.emit(FlashcardCreated(flashcard_id=card.id, deck_id=card.deck_id))
    return card


@routes.get("/trash")
def list_deleted_flashcards(request: Request, query: TrashQuery) -> Page[DeletedFlashcard]:
    """List the cards in the trash, the last deleted first."""
    hours = plan_of(request).trash_hours
    return request.db.page(DeletedFlashcard, sql.list_deleted_flashcards, query, trash_hours=hours)


@routes.get("/{flashcard_id}")
def get_flashcard(request: Request, flashcard_id: UUID, query: FlashcardRead) -> Flashcard:
    """Get one card."""
    return request.db.one(Flashcard, sql.get_flashcard, query, id=flashcard_id)


@routes.patch("/{flashcard_id}", also_put=True, exclusive="flashcards")
def update_flashcard(request: Request, flashcard_id: UUID, body: FlashcardPatch) -> Flashcard:
    """Change fields of a card (JSON Merge Patch). Its scheduling stays; in a deck of another
    course its deadline is another."""
    changes = body.changes()
    row = request.db.row(
        sql.update_flashcard,
        id=flashcard_id,
        changes=changes,
        deck_id=body.deck_id,
        timezone=request.known_caller.timezone,
    )
    if row is None:
        raise missing(request)
    if not row["deck_open"]:
        raise Refusal("NOT_FOUND", "There is no such deck.")
    card = entity(Flashcard, row)
    if changes:
        request.emit(
            FlashcardUpdated(
                flashcard_id=card.id,
                deck_id=card.deck_id,
                changed=sorted(changes),
                entity_version=card.version,
            )
        )
    return card


@routes.delete("/{flashcard_id}")
def delete_flashcard(request: Request, flashcard_id: UUID) -> None:
    """Move a card to the trash, with its reviews."""
    delete_part(request, "flashcard", flashcard_id)


# The second statement reads what the first one brought back: one does not see its own effect.
@routes.post(
    "/{flashcard_id}/restore",
    limit="updates",
    idempotency="required",
    statements=2,
    errors=("CONFLICT",),
)
def restore_flashcard(request: Request, flashcard_id: UUID) -> Flashcard:
    """Bring a card back from the trash, as it was."""
    restore_part(request, "flashcard", flashcard_id)
    return request.db.one(Flashcard, sql.get_flashcard, id=flashcard_id)


@routes.delete(
    "/{flashcard_id}/permanent", idempotency="required", critical=True, errors=("CONFLICT",)
)
def purge_flashcard(request: Request, flashcard_id: UUID) -> None:
    """Remove a card in the trash for good. A live one is refused."""
    purge_part(request, "flashcard", flashcard_id)
