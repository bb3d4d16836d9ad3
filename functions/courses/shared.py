"""What is behind a share link: the course to look at, and a copy of it."""

from datetime import UTC, datetime
from math import ceil
from typing import Any
from urllib.parse import unquote

from events.courses import ShareLinkUsed
from functions.courses import passwords
from functions.courses.cloning import copied
from functions.courses.models import Course
from functions.courses.share_models import Cloning, SharedCourse
from functions.courses.tokens import token_hash
from shared.errors import Refusal
from shared.request import Reply, Request
from shared.routing import Routes
from shared.sql import queries

pages = Routes("/shared", tag="courses", versionless=True, access="token")
routes = Routes("/shared", tag="courses")
sql = queries(__file__)


@pages.get(
    "/{token}",
    statements=4,  # the lock, the view, the course; then the fact is written
    errors=("GONE", "FORBIDDEN", "ACCOUNT_LOCKED"),
)
def get_shared_course(request: Request, token: str) -> SharedCourse:
    """Look at a course by a link. If the link has a password, send it percent-encoded in the header
    X-Share-Password. Each answer counts as a view."""
    lock = _unlocked(request, token)
    course_id = _opened(request, token)["course_id"]
    return request.db.one(
        SharedCourse, sql.shared_course, course_id=course_id, permission=lock["permission"]
    )


@routes.post(
    "/{token}/clone",
    status=201,
    limit="course_creates",
    exclusive="courses",
    statements=3,  # the lock, the view, the copy
    errors=("GONE", "ACCOUNT_LOCKED", "COURSE_LIMIT_EXCEEDED"),
)
def clone_shared_course(request: Request, token: str, body: Cloning) -> Reply[Course]:
    """Copy a course by a link that permits it: the copy is yours, and private. It counts against
    the plan's limit, and as a view of the link."""
    lock = _unlocked(request, token)
    if lock["permission"] != "clone":
        raise Refusal("FORBIDDEN", "The link is for viewing only.")
    course_id = _opened(request, token)["course_id"]
    everybody = ("owner", "admin", "instructor", "student", "member")
    return copied(request, course_id, body, everybody)


def _unlocked(request: Request, token: str) -> dict[str, Any]:
    """The link, when the caller may open it. A wrong password counts, although it is refused."""
    known = token_hash(token)
    lock = request.db.row(sql.share_link_lock, token_hash=known)
    if lock is None:
        raise Refusal("NOT_FOUND")
    if not lock["open"]:
        raise Refusal("GONE", "The link has expired, is used up or was revoked.")
    if lock["password_hash"] is None:
        return lock
    if lock["locked_until"]:
        wait = ceil((lock["locked_until"] - datetime.now(UTC)).total_seconds())
        told = {"Retry-After": str(max(wait, 1))}
        raise Refusal("ACCOUNT_LOCKED", "Too many wrong passwords.", headers=told)
    given = unquote(request.call.headers.get("x-share-password", ""))[:200]
    if not given or not passwords.matches(given, bytes(lock["password_hash"])):
        if given:
            request.db.stays.append((sql.share_link_failed.text, {"token_hash": known}))
        raise Refusal(
            "FORBIDDEN", "The link needs its password.", details={"passwordRequired": True}
        )
    return lock


def _opened(request: Request, token: str) -> dict[str, Any]:
    opened = request.db.row(sql.open_share_link, token_hash=token_hash(token))
    if opened is None:  # somebody else had the last view meanwhile
        raise Refusal("GONE", "The link has expired, is used up or was revoked.")
    request.emit(
        ShareLinkUsed(
            share_link_id=opened["id"], course_id=opened["course_id"], views=opened["views"]
        ),
        user_id=opened["owner_id"],
    )
    return opened
