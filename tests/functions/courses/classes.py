"""Courses with content, and with people in them."""

from shared.ids import uuid7
from tests.campus import Campus, User


def course(campus: Campus, user: User, **fields: object) -> str:
    made = campus.call("POST", "/v2/courses", user, {"title": "Logic", **fields})
    assert made.status == 201, made.text
    return made.data["id"]


def section(campus: Campus, user: User, of: str, **fields: object) -> str:
    body = {"title": "Sets", **fields}
    made = campus.call("POST", f"/v2/courses/{of}/sections", user, body)
    assert made.status == 201, made.text
    return made.data["id"]


def lesson(campus: Campus, user: User, of: str, **fields: object) -> str:
    body = {"title": "Unions", **fields}
    made = campus.call("POST", f"/v2/courses/{of}/lessons", user, body)
    assert made.status == 201, made.text
    return made.data["id"]


def enroll(campus: Campus, owner: User, of: str, role: str = "student") -> User:
    """Somebody new who takes part in a course."""
    somebody = campus.user()
    campus.admin.execute(
        "insert into enrollment (id, course_id, owner_id, user_id, role)"
        " values (%s, %s, %s, %s, %s)",
        (uuid7(), of, owner.id, somebody.id, role),
    )
    return somebody


def classroom(campus: Campus, owner: User) -> tuple[str, User, User]:
    """A course with a student and an instructor."""
    of = course(campus, owner)
    return of, enroll(campus, owner, of), enroll(campus, owner, of, "instructor")
