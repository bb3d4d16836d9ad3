"""Terms: when lectures are held, the breaks between, and how weeks are called."""

from typing import Any
from uuid import UUID

import orjson

from events.tasks import TermCreated, TermDeleted, TermPurged, TermRestored, TermUpdated
from functions.tasks.operations import entity, missing
from functions.tasks.reminding import tell_of_reminders
from functions.tasks.term_models import NewTerm, Term, TermPatch, TermQuery
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import Statement, queries

routes = Routes("/tasks/terms", tag="tasks")
sql = queries(__file__)


@routes.get("")
def list_terms(request: Request, query: TermQuery) -> Page[Term]:
    """List terms, by their first day unless sorted otherwise."""
    return request.db.page(Term, sql.list_terms, query)


@routes.post("", status=201, exclusive="tasks")
def create_term(request: Request, body: NewTerm) -> Term:
    """Create a term. Its breaks suppress the occurrences of lectures that say `skipsBreaks`, those
    that exist already too; what was changed of a suppressed occurrence is forgotten."""
    breaks = orjson.dumps([given.model_dump(mode="json") for given in body.breaks]).decode()
    values = {**body.values(), "breaks": breaks}
    row = request.db.rows(sql.create_term, id=uuid7(), **values)[0]
    tell_of_reminders(request, row["reminder_changes"])
    term = entity(Term, row)
    request.emit(TermCreated(term_id=term.id, starts_on=term.starts_on, ends_on=term.ends_on))
    return term


@routes.get("/{term_id}")
def get_term(request: Request, term_id: UUID) -> Term:
    """Get one term."""
    return request.db.one(Term, sql.get_term, id=term_id)


@routes.patch("/{term_id}", also_put=True, exclusive="tasks")
def update_term(request: Request, term_id: UUID, body: TermPatch) -> Term:
    """Change fields of a term (JSON Merge Patch); `breaks` are replaced as a whole."""
    changes = body.changes()
    row = _written(request, sql.update_term, term_id, changes=changes)
    term = entity(Term, row)
    if row["changed"]:
        changed = sorted(changes)
        request.emit(TermUpdated(term_id=term_id, changed=changed, entity_version=term.version))
    return term


@routes.delete("/{term_id}", exclusive="tasks")
def delete_term(request: Request, term_id: UUID) -> None:
    """Delete a term. What its breaks suppressed takes place again."""
    deletion = uuid7()
    row = _written(request, sql.delete_term, term_id, deletion_id=deletion)
    request.emit(TermDeleted(term_id=term_id, deletion_id=deletion, entity_version=row["version"]))


@routes.post("/{term_id}/restore", limit="updates", exclusive="tasks", idempotency="required")
def restore_term(request: Request, term_id: UUID) -> Term:
    """Take back the deletion of a term."""
    row = _written(request, sql.restore_term, term_id)
    term = entity(Term, row)
    request.emit(
        TermRestored(term_id=term_id, deletion_id=row["undone"], entity_version=term.version)
    )
    return term


@routes.delete("/{term_id}/permanent", exclusive="tasks", idempotency="required", critical=True)
def purge_term(request: Request, term_id: UUID) -> None:
    """Remove a term for good, deleted or not."""
    row = _written(request, sql.purge_term, term_id)
    request.emit(TermPurged(term_id=term_id, entity_version=row["version"]))


def _written(
    request: Request, statement: Statement, term_id: UUID, **values: Any
) -> dict[str, Any]:
    row = request.db.row(statement, id=term_id, **values)
    if row is None:
        raise missing(request)
    tell_of_reminders(request, row["reminder_changes"])
    return row
