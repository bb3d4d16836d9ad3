"""The audit: who did what, when, to what, and why."""

from functions.admin.models import AuditEntry, AuditQuery
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/admin/audit-entries", tag="admin", database="support", roles=("admin",))
sql = queries(__file__)


@routes.get("")
def list_audit_entries(request: Request, query: AuditQuery) -> Page[AuditEntry]:
    """List what happened, the latest first. Changes by staff carry their reason."""
    kind, _, entity_id = (query.entity or "").partition(":")
    return request.db.page(
        AuditEntry, sql.list_audit_entries, query, entity_type=kind, entity_id=entity_id
    )
