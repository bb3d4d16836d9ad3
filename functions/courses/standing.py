"""What a role refuses: nothing is told to those who have none, 403 to those who have another."""

from typing import Any
from uuid import UUID

from shared.errors import Refusal
from shared.request import Request
from shared.sql import queries

sql = queries(__file__)


def stands_in(request: Request, organization_id: UUID, *roles: str) -> None:
    """Refuse who is no member (NOT_FOUND), or one with none of the `roles`, if any are named."""
    role = request.db.value(sql.organization_standing, id=organization_id)
    if role is None:
        raise Refusal("NOT_FOUND")
    if roles and role not in roles:
        raise Refusal("FORBIDDEN")


def stands_to(request: Request, course_id: UUID, *roles: str) -> None:
    """Refuse who does not read a course (NOT_FOUND), or as none of the `roles` that are named."""
    role = request.db.value(sql.course_standing, id=course_id)
    if role is None:
        raise Refusal("NOT_FOUND")
    if roles and role not in roles:
        raise Refusal("FORBIDDEN")


def missing(request: Request) -> Refusal:
    """No row: 412 when If-Match was given, as it is part of what was looked for; else 404."""
    checked = request.db.parameters["if_match"] is not None
    return Refusal("PRECONDITION_FAILED" if checked else "NOT_FOUND")


def judged(request: Request, row: dict[str, Any] | None, *roles: str) -> dict[str, Any]:
    """The row of a statement that returns the caller's `role`, and `id` null for what it did not
    do. Errors: NOT_FOUND, FORBIDDEN for another role than `roles`, PRECONDITION_FAILED."""
    if row is None or row["role"] is None:
        raise missing(request)
    if row["role"] not in roles:
        raise Refusal("FORBIDDEN")
    if row.get("id", row) is None:
        raise missing(request)
    return row


def refused(request: Request, outcome: str) -> None:
    """Raise what a function's outcome means; `done` means nothing."""
    if outcome == "missing":
        raise missing(request)
    if outcome == "stale":
        raise Refusal("PRECONDITION_FAILED")
    if outcome == "forbidden":
        raise Refusal("FORBIDDEN")
