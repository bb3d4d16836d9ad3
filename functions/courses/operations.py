"""What the kinds of parts of courses have in common: the way into the trash, back and out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.errors import Refusal
from shared.facts import CONTRACTS
from shared.ids import uuid7
from shared.models import M, build, own_fields
from shared.request import Request
from shared.sql import queries

sql = queries(__file__)


def missing(request: Request) -> Refusal:
    """No row: 412 when If-Match was given, as it is part of what was looked for; else 404."""
    checked = request.db.parameters["if_match"] is not None
    return Refusal("PRECONDITION_FAILED" if checked else "NOT_FOUND")


def entity(model: type[M], row: Mapping[str, Any]) -> M:
    """The model of a row that says more than the model holds."""
    return build(model, {name: row[name] for name in own_fields(model)})


def delete_part(request: Request, kind: str, part_id: UUID) -> None:
    """Move a live record to the trash with all that hangs on it."""
    deletion = uuid7()
    version = request.db.value(sql.delete_part, kind=kind, id=part_id, deletion_id=deletion)
    if version is None:
        raise missing(request)
    _tell(request, kind, "deleted", part_id, version, deletion_id=deletion)


def restore_part(request: Request, kind: str, part_id: UUID) -> None:
    """Bring a record back with exactly what its deletion took. Errors: NOT_FOUND, CONFLICT when
    what it belongs to is in the trash."""
    row = request.db.row(sql.restore_part, kind=kind, id=part_id)
    if row is None:
        raise missing(request)
    if row["version"] is None:
        raise Refusal("CONFLICT", "What it belongs to is in the trash: restore that first.")
    deletion = row["deletion_id"]
    _tell(request, kind, "restored", part_id, row["version"], deletion_id=deletion)


def purge_part(request: Request, kind: str, part_id: UUID) -> None:
    """Remove a record in the trash for good, with all that hangs on it. Errors: NOT_FOUND,
    CONFLICT for a live one."""
    row = request.db.row(sql.purge_part, kind=kind, id=part_id)
    if row is None:
        raise missing(request)
    if not row["purged"]:
        raise Refusal("CONFLICT", "It is not in the trash: delete it first.")
    _tell(request, kind, "purged", part_id, row["version"] + 1)


def _tell(request: Request, kind: str, verb: str, part_id: UUID, version: int, **data: Any) -> None:
    """`<kind>.<verb>`: these contracts differ in nothing but the kind."""
    fact = {f"{kind}_id": part_id, "entity_version": version, **data}
    request.emit(CONTRACTS[f"{kind}.{verb}"].of(fact))
