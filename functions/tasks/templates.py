"""Templates: one's own, those that others share, and public ones."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from events.templates import (
    TemplateApplied,
    TemplateCreated,
    TemplateDeleted,
    TemplatePurged,
    TemplateRestored,
    TemplateUpdated,
)
from functions.tasks import assignments, lectures, study_sessions
from functions.tasks.operations import entity, missing
from functions.tasks.template_drafts import OVERRIDES, draft_of, item_of, read, shown
from functions.tasks.template_models import (
    AppliedTemplate,
    DeletedTemplate,
    NewTemplate,
    Template,
    TemplatePatch,
    TemplateQuery,
    TemplateTrashQuery,
    TemplateUse,
)
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page, build
from shared.plans import plan_of
from shared.request import Reply, Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/tasks/templates", tag="tasks", v1=True)
sql = queries(__file__)

LISTS = {
    "own": sql.list_own_templates,
    "shared": sql.list_shared_templates,
    "public": sql.list_public_templates,
    "all": sql.list_all_templates,
}
CREATE: dict[str, Any] = {
    "assignment": assignments.create_assignment,
    "lecture": lectures.create_lecture,
    "study_session": study_sessions.create_study_session,
}


@routes.get(
    "",
    old=(
        Old("template-actions", ("GET",)),
        Old("study-materials/templates", asks={"scope": "all"}),
        Old("study-materials/materials", asks={"scope": "all"}),
    ),
)
def list_templates(request: Request, query: TemplateQuery) -> Page[Template]:
    """List templates: one's own, the newest first, unless `scope` and `sort` say otherwise."""
    page = request.db.page(Template, LISTS[query.scope], query)
    for document in page.documents:
        document["data"] = shown(request.version, document["kind"], document["data"])
    return page


@routes.post(
    "", status=201, old=(Old("template-actions", ("POST",)), "study-materials/create-template")
)
def create_template(request: Request, body: NewTemplate) -> Template:
    """Write a template. `data` takes fields of the kind's items that are of no one time or person;
    `inDays` and `at` say when the item will be, counted from the day that it is applied for."""
    draft = draft_of(request.version, body.kind, body.data)
    values = {**body.values(), "data": orjson.dumps(draft).decode()}
    row = request.db.rows(sql.create_template, id=uuid7(), **values)[0]
    request.emit(TemplateCreated(template_id=row["id"], kind=body.kind))
    return _spoken(request, row)


@routes.get("/trash", v1=False)
def list_deleted_templates(request: Request, query: TemplateTrashQuery) -> Page[DeletedTemplate]:
    """List one's templates in the trash, the last deleted first."""
    hours = plan_of(request).trash_hours
    return request.db.page(DeletedTemplate, sql.list_deleted_templates, query, trash_hours=hours)


@routes.get("/{template_id}")
def get_template(request: Request, template_id: UUID) -> Template:
    """Get one template that the caller may see."""
    return _spoken(request, _seen(request, template_id))


# `data` is checked as its kind wants it: the kind is read first.
@routes.patch(
    "/{template_id}",
    also_put=True,
    statements=2,
    errors=("FORBIDDEN",),
    old=(
        Old("template-actions", ("PUT", "PATCH")),
        Old("study-materials/template/{template_id}", ("PUT", "PATCH")),
    ),
)
def update_template(request: Request, template_id: UUID, body: TemplatePatch) -> Template:
    """Change fields of a template (JSON Merge Patch), as its owner or with the permission `edit`;
    `visibility` is for the owner alone."""
    changes = body.changes()
    if "data" in changes:
        kind = _seen(request, template_id)["kind"]
        changes["data"] = draft_of(request.version, kind, changes["data"])
    row = request.db.row(sql.update_template, id=template_id, changes=changes)
    if row is None:
        raise missing(request)
    if row["id"] is None:
        raise Refusal("FORBIDDEN", "Only its owner may change that of this template.")
    if changes:
        told = TemplateUpdated(
            template_id=template_id, changed=sorted(changes), entity_version=row["version"]
        )
        request.emit(told, user_id=row["owner_id"])
    return _spoken(request, row)


@routes.delete(
    "/{template_id}",
    errors=("FORBIDDEN",),
    old=(
        Old("template-actions", ("DELETE",)),
        Old("study-materials/template/{template_id}", ("DELETE",)),
    ),
)
def delete_template(request: Request, template_id: UUID) -> None:
    """Move one's template to the trash, with what is shared of it and how it was rated."""
    deletion = uuid7()
    row = request.db.rows(sql.delete_template, id=template_id, deletion_id=deletion)[0]
    if row["version"] is None:
        owned = "Only its owner may delete a template."
        raise Refusal("FORBIDDEN", owned) if row["seen"] else missing(request)
    request.emit(
        TemplateDeleted(
            template_id=template_id, deletion_id=deletion, entity_version=row["version"]
        )
    )


# The second statement reads what the first one brought back: one does not see its own effect.
@routes.post(
    "/{template_id}/restore", limit="updates", idempotency="required", statements=2, v1=False
)
def restore_template(request: Request, template_id: UUID) -> Template:
    """Bring a template back from the trash, with exactly what its deletion took."""
    row = request.db.row(sql.restore_template, id=template_id)
    if row is None:
        raise missing(request)
    request.emit(
        TemplateRestored(
            template_id=template_id,
            deletion_id=row["deletion_id"],
            entity_version=row["version"],
        )
    )
    return get_template(request, template_id)


@routes.delete(
    "/{template_id}/permanent",
    idempotency="required",
    critical=True,
    errors=("CONFLICT",),
    v1=False,
)
def purge_template(request: Request, template_id: UUID) -> None:
    """Remove a template in the trash for good. A live one is refused."""
    row = request.db.row(sql.purge_template, id=template_id)
    if row is None:
        raise missing(request)
    if not row["purged"]:
        raise Refusal("CONFLICT", "It is not in the trash: delete it first.")
    request.emit(TemplatePurged(template_id=template_id, entity_version=row["version"] + 1))


# The template, then the item: made by the statement of its own route.
@routes.post(
    "/{template_id}/apply",
    status=201,
    exclusive="tasks",
    statements=2,
    errors=("TASK_LIMIT_EXCEEDED", "FORBIDDEN"),
    old=("study-materials/apply-template",),
)
def apply_template(
    request: Request, template_id: UUID, body: TemplateUse
) -> Reply[AppliedTemplate]:
    """Make an item from a template, as the route of its kind would: it counts, and has reminders.
    Times are of the caller's time zone, unless the template or `overrides` name another."""
    template = _seen(request, template_id)
    if template["role"] == "view":
        raise Refusal("FORBIDDEN", "This template is shared to look at only.")
    kind = template["kind"]
    given = read(request.version, OVERRIDES[kind], body.overrides, "/overrides")
    if body.course_id:
        given = {"course_id": str(body.course_id), **given}
    zone = request.known_caller.timezone
    day = body.starts_on or _today(zone)
    draft = _within_plan(request, template["data"])
    item = CREATE[kind](request, item_of(request.version, kind, draft, given, day, zone))
    request.emit(TemplateApplied(template_id=template_id, kind=kind, item_id=item.id))
    made = {"assignment": None, "lecture": None, "study_session": None, "kind": kind, kind: item}
    place = f"/{request.version.name}/tasks/{kind.replace('_', '-')}s/{item.id}"
    return Reply(build(AppliedTemplate, made), status=201, headers={"Location": place})


def _seen(request: Request, template_id: UUID) -> dict[str, Any]:
    """The row of a template that the caller may see. If-Match is about what is written next."""
    row = request.db.row(sql.get_template, id=template_id)
    if row is None:
        raise missing(request)
    return row


def _spoken(request: Request, row: dict[str, Any]) -> Template:
    data = shown(request.version, row["kind"], row["data"])
    return entity(Template, {**row, "data": data})


def _within_plan(request: Request, draft: dict[str, Any]) -> dict[str, Any]:
    """The template without the reminders that the caller's plan does not allow."""
    if not draft.get("reminders"):
        return draft
    return {**draft, "reminders": draft["reminders"][: plan_of(request).reminders_per_item]}


def _today(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()
