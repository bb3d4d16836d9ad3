"""Newest shapes of templates."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from functions.tasks.fields import Kind, Rating, Tag, Tags
from functions.tasks.models import ABSENT, Assignment, Lecture, Search
from functions.tasks.study_session_models import StudySession
from shared.models import AnyOf, Day, Deletable, Entity, Id, ListQuery, Model, Text

Category = Literal["academic", "work", "personal", "study", "project", "maintenance"]
Visibility = Literal["private", "public"]
Permission = Literal["view", "use", "edit"]
Role = Literal["owner", "edit", "use", "view"]
Name = Annotated[Text, Field(min_length=1, max_length=100)]
Description = Annotated[Text, Field(max_length=2000)]


class Template(Deletable):
    """A template of an item. `data` holds what it fixes of the item's fields, and when the item is:
    `in_days` after the day that it is applied for, `at` a time of that day. `role` is what the
    caller may do with it. `rating` is the average, null without any."""

    owner_id: UUID
    name: str
    description: str
    kind: Kind
    data: dict[str, Any]
    category: Category
    tags: list[str]
    visibility: Visibility
    role: Role
    usage_count: int
    last_used_at: datetime | None
    rating: float | None
    rating_count: int


class NewTemplate(Model):
    """A new template."""

    name: Name
    description: Description = ""
    kind: Kind
    data: dict[str, Any] = Field(default_factory=dict[str, Any])
    category: Category = "academic"
    tags: Tags = Field(default_factory=list)
    visibility: Visibility = "private"


class TemplatePatch(Model):
    """Changes to a template: absent fields stay; `data` is replaced as a whole."""

    name: Name = ABSENT
    description: Description = ABSENT
    data: dict[str, Any] = ABSENT
    category: Category = ABSENT
    tags: Tags = ABSENT
    visibility: Visibility = ABSENT


class TemplateQuery(ListQuery):
    """Filters of the list of templates. `scope`: one's own, those that others share with one,
    public ones, or all of these."""

    scope: Literal["own", "shared", "public", "all"] = "own"
    category: AnyOf[Category] | None = None
    kind: AnyOf[Kind] | None = None
    tags: AnyOf[Tag] | None = None
    q: Search | None = None


class TemplateTrashQuery(ListQuery):
    """Paging of the templates in the trash."""


class DeletedTemplate(Entity):
    """A template in the trash, and when it will be gone for good."""

    name: str
    kind: Kind
    deletion_id: UUID
    deleted_at: datetime
    purge_at: datetime


class TemplateUse(Model):
    """What a template is applied for. `overrides` are fields of the new item, as its own route
    takes them, before what the template says; `starts_on` is the day that it counts from, today
    unless it is said."""

    course_id: Id | None = None
    starts_on: Day | None = None
    overrides: dict[str, Any] = Field(default_factory=dict[str, Any])


class AppliedTemplate(Model):
    """The new item, in the field of its kind."""

    kind: Kind
    assignment: Assignment | None = None
    lecture: Lecture | None = None
    study_session: StudySession | None = None


class NewTemplateShare(Model):
    """Whom a template is shared with: to look at, to use, or to change too."""

    user_id: Id
    permission: Permission = "use"


class TemplateShare(Entity):
    """With whom a template is shared, and for what."""

    template_id: UUID
    user_id: UUID
    permission: Permission


class TemplateShareQuery(ListQuery):
    """Paging of those whom a template is shared with."""


class NewTemplateRating(Model):
    """How good a template is, from 1 to 5."""

    rating: Rating


class TemplateRating(Entity):
    """One's own rating of a template."""

    template_id: UUID
    rating: int
