"""Newest shapes of dependencies between items."""

from typing import Literal
from uuid import UUID

from functions.tasks.fields import Kind
from functions.tasks.trash_models import ItemReference
from shared.models import AnyOf, Entity, ListQuery, Model, QueryBoolean

DependencyType = Literal["blocking", "suggested", "parallel"]


class LinkedItem(Model):
    """One end of a dependency. A lecture is done when none of its times is still to come."""

    kind: Kind
    id: UUID
    title: str
    done: bool


class Dependency(Entity):
    """`item` must (`blocking`) or should (`suggested`) come after `depends_on`. `parallel` says
    that the two go on side by side, in no order."""

    item: LinkedItem
    depends_on: LinkedItem
    type: DependencyType


class NewDependency(Model):
    """What an item depends on: another one of any kind."""

    depends_on: ItemReference
    type: DependencyType = "blocking"


class DependencyQuery(ListQuery):
    """Filters of an item's dependencies. With `dependents` the list is of what depends on it;
    `done` is about the other end."""

    dependents: QueryBoolean = False
    type: AnyOf[DependencyType] | None = None
    done: QueryBoolean | None = None
