"""What the pieces of a course's content have in common: who may write them, and their way into the
trash, back and out. They are the course owner's rows, whoever of its teachers writes them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from functions.courses.operations import missing
from functions.courses.plan import course_limit
from shared.errors import Refusal
from shared.facts import CONTRACTS
from shared.ids import uuid7
from shared.request import Request
from shared.sql import Statement, queries

sql = queries(__file__)

TEACHING = ("owner", "admin", "instructor")


def teaching(request: Request, row: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The row of a statement that asked for the course's permission, if the caller may write there.

    Errors: NOT_FOUND (or 412), FORBIDDEN to who only reads, COURSE_LIMIT_EXCEEDED under a locked
    course.
    """
    if row is None:
        raise missing(request)
    if row["role"] not in TEACHING:
        raise Refusal("FORBIDDEN", "Only who teaches the course may change it.")
    if row.get("locked"):
        raise Refusal(
            "COURSE_LIMIT_EXCEEDED",
            "The plan's limit keeps this course read-only.",
            details={"limit": course_limit(request)},
        )
    return row


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of content as a path names it: in a course, or below a lesson."""

    kind: str
    id: UUID
    course_id: UUID | None = None
    lesson_id: UUID | None = None


def delete_content(request: Request, piece: Piece) -> None:
    """Move a live piece of content to the trash with all that hangs on it."""
    deletion = uuid7()
    row = _run(request, sql.delete_content, piece, deletion_id=deletion)
    _tell(request, piece, "deleted", row, row["version"], deletion_id=deletion)


def restore_content(request: Request, piece: Piece) -> None:
    """Bring a piece of content back with exactly what its deletion took. Errors: NOT_FOUND,
    CONFLICT when what it belongs to is in the trash."""
    row = _run(request, sql.restore_content, piece, limit=course_limit(request))
    _tell(request, piece, "restored", row, row["version"], deletion_id=row["deletion_id"])


def purge_content(request: Request, piece: Piece) -> None:
    """Remove a piece of content in the trash for good. Errors: NOT_FOUND, CONFLICT for a live
    one."""
    row = _run(request, sql.purge_content, piece)
    if not row["purged"]:
        raise Refusal("CONFLICT", "It is not in the trash: delete it first.")
    _tell(request, piece, "purged", row, row["version"] + 1)


def _run(request: Request, statement: Statement, piece: Piece, **values: Any) -> Mapping[str, Any]:
    row = request.db.row(statement, **asdict(piece), **values)
    if row is None:
        raise missing(request)
    if row["role"] is None and statement is sql.delete_content:
        raise missing(request)  # it went with its course
    if row["role"] is None:
        raise Refusal("CONFLICT", "Its course is in the trash: restore the course first.")
    teaching(request, row)
    if not row["found"]:
        raise missing(request)
    if row["version"] is None:
        raise Refusal("CONFLICT", "What it belongs to is in the trash: restore that first.")
    return row


def _tell(
    request: Request, piece: Piece, verb: str, row: Mapping[str, Any], version: int, **data: Any
) -> None:
    """`<kind>.<verb>`, about the course's owner: these contracts differ in nothing but the kind."""
    fact = {
        f"{piece.kind}_id": piece.id,
        "course_id": row["course_id"],
        "entity_version": version,
        **data,
    }
    event = CONTRACTS[f"{piece.kind}.{verb}"].of(fact)
    request.emit(event, user_id=row["owner_id"])
