"""Newest shapes of the trash, and of operations on several items at once."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from functions.tasks.fields import Kind
from shared.models import AnyOf, Id, ListQuery, Model

Action = Literal["create", "update", "delete", "restore", "complete", "list"]


class TrashItem(Model):
    """A deleted item of any kind, and when it will be gone for good."""

    id: UUID
    kind: Kind
    course_id: UUID | None
    title: str
    version: int
    created_at: datetime
    deletion_id: UUID
    deleted_at: datetime
    purge_at: datetime


class TrashQuery(ListQuery):
    """Filters of the trash."""

    kind: AnyOf[Kind] | None = None
    course_id: AnyOf[Id] | None = None


class DeletedThing(Model):
    """An item or a course in the trash, and when it will be gone for good. What one deletion took
    has the same `deletionId`."""

    id: UUID
    kind: Kind | Literal["course"]
    course_id: UUID | None
    title: str
    version: int
    created_at: datetime
    deletion_id: UUID
    deleted_at: datetime
    purge_at: datetime


class DeletedThingQuery(ListQuery):
    """Filters of the trash of items and courses."""

    kind: AnyOf[Literal["assignment", "lecture", "study_session", "course"]] | None = None


class Restoration(Model):
    """Which deletion to undo: its id, or an item that it took."""

    kind: Kind | None = None
    id: Id | None = None
    deletion_id: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_item = self.kind is not None and self.id is not None
        if by_item == (self.deletion_id is not None) or (self.kind is None) != (self.id is None):
            raise ValueError("needs either kind and id, or deletionId")
        return self


class ItemReference(Model):
    """One item of a kind."""

    kind: Kind
    id: Id


class Restored(Model):
    """What a restoration brought back."""

    deletion_id: UUID
    items: list[ItemReference]


class TrashBatch(Model):
    """One action on many items of the trash."""

    action: Literal["RESTORE", "DELETE_PERMANENTLY"]
    items: Annotated[list[ItemReference], Field(min_length=1, max_length=100)]


class Operation(Model):
    """One of several operations. `data` is the body that the kind's own route takes, for `list` the
    parameters of its list; `version` stands for If-Match. Of a course it is refused with 410: those
    have a batch of their own."""

    action: Action
    kind: Kind | Literal["course"]
    id: Id | None = None
    version: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    data: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.id is None) != (self.action in ("create", "list")):
            raise ValueError("create and list take no id, all others need one")
        if self.action in ("create", "update") and self.data is None:
            raise ValueError("create and update need data")
        if self.action in ("delete", "restore", "complete") and self.data is not None:
            raise ValueError("delete, restore and complete take no data")
        if self.action == "complete" and self.kind == "lecture":
            raise ValueError("a lecture cannot be completed")
        return self


class Batch(Model):
    """Operations on items of all kinds, in this order. `atomic`: all of them or none."""

    operations: Annotated[list[Operation], Field(min_length=1, max_length=50)]
    atomic: bool = False
