"""Sections of courses."""

from uuid import UUID

from events.lessons import SectionCreated, SectionUpdated
from functions.courses.content import (
    Piece,
    delete_content,
    purge_content,
    restore_content,
    teaching,
)
from functions.courses.lesson_models import NewSection, Section, SectionPatch, SectionQuery
from functions.courses.operations import entity
from functions.courses.plan import course_limit
from shared.errors import Refusal
from shared.ids import uuid7
from shared.models import Page
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses/{course_id}/sections", tag="courses")
sql = queries(__file__)

MAX_SECTIONS = 200


@routes.get("")
def list_sections(request: Request, course_id: UUID, query: SectionQuery) -> Page[Section]:
    """List the sections of a course in their order, unless sorted otherwise."""
    return request.db.page(Section, sql.list_sections, query, course_id=course_id)


@routes.post("", status=201, errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def create_section(request: Request, course_id: UUID, body: NewSection) -> Section:
    """Add a section after the others. A course has 200 at most."""
    row = request.db.row(
        sql.create_section,
        id=uuid7(),
        course_id=course_id,
        limit=course_limit(request),
        most=MAX_SECTIONS,
        **body.values(),
    )
    row = teaching(request, row)
    if not row["room"]:
        raise Refusal("RESOURCE_LIMIT_EXCEEDED", details={"limit": MAX_SECTIONS})
    section = entity(Section, row)
    event = SectionCreated(section_id=section.id, course_id=course_id)
    request.emit(event, user_id=row["owner_id"])
    return section


@routes.get("/{section_id}")
def get_section(request: Request, course_id: UUID, section_id: UUID) -> Section:
    """Get one section."""
    return request.db.one(Section, sql.get_section, course_id=course_id, id=section_id)


@routes.patch("/{section_id}", also_put=True, errors=("FORBIDDEN", "COURSE_LIMIT_EXCEEDED"))
def update_section(
    request: Request, course_id: UUID, section_id: UUID, body: SectionPatch
) -> Section:
    """Change fields of a section (JSON Merge Patch)."""
    changes = body.changes()
    row = request.db.row(
        sql.update_section,
        id=section_id,
        course_id=course_id,
        changes=changes,
        limit=course_limit(request),
    )
    row = teaching(request, row)
    section = entity(Section, row)
    if changes:
        event = SectionUpdated(
            section_id=section.id,
            course_id=course_id,
            changed=sorted(changes),
            entity_version=section.version,
        )
        request.emit(event, user_id=row["owner_id"])
    return section


@routes.delete("/{section_id}", errors=("FORBIDDEN",))
def delete_section(request: Request, course_id: UUID, section_id: UUID) -> None:
    """Move a section to the trash, with its lessons."""
    delete_content(request, Piece("section", section_id, course_id))


# The second statement reads what the first one brought back: one does not see its own effect.
@routes.post(
    "/{section_id}/restore",
    limit="updates",
    idempotency="required",
    statements=2,
    errors=("CONFLICT", "FORBIDDEN", "COURSE_LIMIT_EXCEEDED"),
)
def restore_section(request: Request, course_id: UUID, section_id: UUID) -> Section:
    """Bring a section back from the trash, with exactly the lessons that its deletion took."""
    restore_content(request, Piece("section", section_id, course_id))
    return get_section(request, course_id, section_id)


@routes.delete(
    "/{section_id}/permanent",
    idempotency="required",
    critical=True,
    errors=("CONFLICT", "FORBIDDEN"),
)
def purge_section(request: Request, course_id: UUID, section_id: UUID) -> None:
    """Remove a section in the trash for good, with its lessons. A live one is refused."""
    purge_content(request, Piece("section", section_id, course_id))
