"""Shapes of share links and of what they show."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from functions.courses.models import Title
from shared.models import Entity, ListQuery, Model, Text, Timestamp

Permission = Literal["view", "clone"]
Password = Annotated[Text, Field(min_length=8, max_length=128)]
MaxViews = Annotated[int, Field(ge=1, le=1_000_000)]


class ShareLink(Entity):
    """A link to a course. `views` counts how often it was opened, copies included."""

    course_id: UUID
    permission: Permission
    has_password: bool
    expires_at: datetime | None
    max_views: int | None
    views: int


class ShareLinkWithToken(ShareLink):
    """A new link, with its token: shown once, as it is not kept."""

    token: str
    url: str


class NewShareLink(Model):
    """A new link: to view the course, or to copy it too. Without limits it is good until it is
    revoked."""

    permission: Permission = "view"
    password: Password | None = None
    expires_at: Timestamp | None = None
    max_views: MaxViews | None = None


class ShareLinkPatch(Model):
    """Changes to a link: absent fields stay, null lifts a limit."""

    permission: Permission = "view"
    password: Password | None = None
    expires_at: Timestamp | None = None
    max_views: MaxViews | None = None


class ShareLinkQuery(ListQuery):
    """The list of share links has no filters."""


class SharedCourse(Model):
    """What a link shows of a course."""

    title: str
    code: str
    description: str
    color: str | None
    language: str
    exam_on: date | None
    tags: list[str]
    permission: Permission


class Cloning(Model):
    """How the copy is called; without a title like the original."""

    title: Title | None = None
