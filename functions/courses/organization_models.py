"""Shapes of organizations and their members."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from functions.courses.models import Visibility
from shared.models import (
    AnyOf,
    Deletable,
    Entity,
    ListQuery,
    Model,
    Query,
    Text,
)

Role = Literal["owner", "admin", "instructor", "student"]
Plan = Literal["free", "team", "enterprise"]
Name = Annotated[Text, Field(min_length=1, max_length=100)]
Slug = Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[a-z0-9](-?[a-z0-9]){2,49}$")]


class OrganizationSettings(Model):
    """What an organization decides for itself."""

    default_visibility: Visibility = "organization"
    self_enrollment: bool = True


class OrganizationSettingsPatch(Model):
    """Changed settings; absent ones stay."""

    default_visibility: Visibility = "organization"
    self_enrollment: bool = True


class OrganizationCounts(Model):
    """How much an organization has that the caller can see."""

    members: int
    courses: int


class Organization(Deletable):
    """People who teach and learn together. `role` is the caller's own."""

    name: str
    slug: str
    settings: OrganizationSettings
    plan: Plan
    role: Role
    counts: OrganizationCounts


class NewOrganization(Model):
    """A new organization. Without a slug it gets one made of its name."""

    name: Name
    slug: Slug | None = None
    settings: OrganizationSettings = Field(default_factory=OrganizationSettings)


class OrganizationPatch(Model):
    """Changes to an organization: absent fields stay."""

    name: Name = ""
    slug: Slug = ""
    settings: OrganizationSettingsPatch = Field(default_factory=OrganizationSettingsPatch)


class OrganizationQuery(ListQuery):
    """Filters of the list of organizations."""

    role: AnyOf[Role] | None = None


class DeletedOrganization(Deletable):
    """An organization in the trash. What its deletion took carries the same `deletionId`."""

    name: str
    slug: str
    deletion_id: UUID


class DeletedOrganizationQuery(ListQuery):
    """The trash has no filters."""


class OrganizationRestoreQuery(Query):
    """Another slug, for the case that the old one is taken."""

    slug: Slug | None = None


class Member(Entity):
    """A person in an organization."""

    organization_id: UUID
    user_id: UUID
    name: str
    role: Role


class MemberPatch(Model):
    """Another role."""

    role: Role


class MemberQuery(ListQuery):
    """Filters of the list of members."""

    role: AnyOf[Role] | None = None
