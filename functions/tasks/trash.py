"""The trash of all kinds."""

from typing import cast
from uuid import UUID

from functions.tasks.fields import Kind
from functions.tasks.operations import (
    DEFAULT_REMINDERS,
    entity,
    purge_item,
    restore_items,
)
from functions.tasks.trash_models import (
    DeletedThing,
    DeletedThingQuery,
    ItemReference,
    Restoration,
    Restored,
    TrashBatch,
    TrashItem,
    TrashQuery,
)
from shared.batch import BatchResult, each
from shared.errors import Refusal
from shared.models import Page, build
from shared.plans import plan_of
from shared.request import Reply, Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks/trash", tag="tasks", v1=True)
sql = queries(__file__)


@routes.get("")
def list_trash(request: Request, query: TrashQuery) -> Page[TrashItem]:
    """List deleted items of all kinds, the newest deletion first. They are kept for 48 hours, on
    the premium plan for 120."""
    return request.db.page(TrashItem, sql.list_trash, query, hours=plan_of(request).trash_hours)


@routes.get("/all", old=("api-v2/queries/deleted-items",))
def list_deleted_things(request: Request, query: DeletedThingQuery) -> Page[DeletedThing]:
    """List deleted courses with the items of all kinds, the newest deletion first."""
    hours = plan_of(request).trash_hours
    return request.db.page(DeletedThing, sql.list_deleted_things, query, hours=hours)


@routes.post(
    "/restore",
    limit="updates",
    exclusive="tasks",
    idempotency="required",
    errors=("CONFLICT",),
)
def restore_deletion(request: Request, body: Restoration) -> Restored:
    """Undo one deletion: everything that it took comes back, and nothing else."""
    rows = restore_items(request, kind=body.kind, item_id=body.id, deletion_id=body.deletion_id)
    items = [entity(ItemReference, row) for row in rows]
    return build(Restored, {"deletion_id": rows[0]["deletion_id"], "items": items})


@routes.delete("/{kind}/{item_id}", idempotency="required", critical=True)
def purge_from_trash(request: Request, kind: str, item_id: UUID) -> None:
    """Remove an item of the trash for good. `kind` is assignment, lecture or study_session."""
    if kind not in DEFAULT_REMINDERS:
        raise Refusal("NOT_FOUND")
    purge_item(request, cast(Kind, kind), item_id, from_trash=True)


@routes.post(
    "/batch",
    limit="updates",
    exclusive="tasks",
    idempotency="required",
    critical=True,
    statements=300,
    per_item=True,
    cost=lambda body: len(body.items),
    old=("batch-action",),
)
def change_trash(request: Request, body: TrashBatch) -> Reply[BatchResult]:
    """Restore or remove up to 100 items of the trash, each for itself: 207 when some fail."""

    def restore(item: ItemReference) -> tuple[int, None]:
        restore_items(request, kind=item.kind, item_id=item.id)
        return 200, None

    def purge(item: ItemReference) -> tuple[int, None]:
        purge_item(request, item.kind, item.id, from_trash=True)
        return 204, None

    return each(request, body.items, restore if body.action == "RESTORE" else purge)
