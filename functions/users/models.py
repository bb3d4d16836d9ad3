"""Newest shapes of people: profile, plan, sign-ins, devices, API keys."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from functions.users.fields import FirstName, LastName, Place, Username
from shared.models import Day, Entity, ListQuery, Model, Text, TimeZone

Tier = Literal["free", "premium"]
SubscriptionStatus = Literal["active", "past_due", "canceled", "expired"]
Platform = Literal["ios", "android", "web"]
Scope = Annotated[str, Field(pattern=r"^(\*|[a-z]{2,20}:(read|write))$")]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=20)]
Locale = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


# Absent unless the client names it, and then never null.
ABSENT: Any = Field(default=None)


class Person(Entity):
    """An account, as its owner sees it."""

    email: str
    email_verified_at: datetime | None
    first_name: str
    last_name: str
    username: str | None
    timezone: str
    locale: str
    week_starts_on: int
    date_of_birth: date | None
    parental_consent: bool
    country: str | None
    university: str | None
    program: str | None
    bio: str | None
    role: Literal["user", "support", "admin"]
    account_status: Literal["active", "suspended", "pending_deletion", "deleted"]
    suspended_until: datetime | None
    onboarding_completed_at: datetime | None
    marketing_opt_in: bool
    subscription_tier: Tier
    subscription_status: SubscriptionStatus | None
    subscription_expires_at: datetime | None


class _ProfileFields(Model):
    """What a person says about themselves, at onboarding and later."""

    country: Place | None = None
    university: Place | None = None
    program: Place | None = None
    timezone: TimeZone = "UTC"
    locale: Locale = "en"
    marketing_opt_in: bool = False


class PersonPatch(_ProfileFields):
    """Changes to a profile: absent fields stay, null clears."""

    username: Username = ""
    first_name: FirstName = ""
    last_name: LastName = ""
    bio: Annotated[Text, Field(max_length=500)] | None = None
    week_starts_on: Annotated[int, Field(ge=0, le=6)] = 1


class Onboarding(_ProfileFields):
    """What Campus needs to know before it is used. Names, `timezone` and `locale` stay when
    absent."""

    username: Username
    first_name: FirstName = ABSENT
    last_name: LastName = ""
    date_of_birth: Day
    parental_consent: bool = False


class Availability(Model):
    """Whether a username can be taken, and why not."""

    available: bool
    reason: Literal["invalid", "reserved", "taken"] | None


class Subscription(Model):
    """What is paid for. `tier` is the plan in effect: an expired one counts as free."""

    tier: Tier
    status: SubscriptionStatus | None
    expires_at: datetime | None
    account_status: Literal["active", "suspended", "pending_deletion", "deleted"]
    is_active: bool


class Entitlements(Model):
    """What the plan in effect allows; null is without limit."""

    tier: Tier
    new_tasks_in_30_days: int | None
    live_courses: int | None
    reminders_per_item: int | None
    review_reminders_in_30_days: int | None
    review_intervals_days: list[int]
    trash_hours: int
    job_priority: Literal["low", "normal", "high"]


class Usage(Model):
    """How much of the plan is used."""

    tier: Tier
    new_tasks_used: int
    new_tasks_limit: int | None
    new_tasks_reset_at: datetime | None
    live_courses_used: int
    live_courses_limit: int | None


class SignIn(Model):
    """One attempt to sign in to the account."""

    id: UUID
    outcome: Literal["succeeded", "failed"]
    address: str
    user_agent: str
    occurred_at: datetime


class SignInQuery(ListQuery):
    """The list of sign-ins."""


class Device(Entity):
    """The installation of the app that takes push messages on a platform."""

    platform: Platform


class NewDevice(Model):
    """A push token, as the platform's push service gave it to the app."""

    token: Annotated[Text, Field(min_length=8, max_length=4096, pattern=r"^\S+$")]


class DeviceQuery(ListQuery):
    """The list of devices."""


class ApiKey(Entity):
    """A key for programs. Its secret is shown once, when it is made or rotated."""

    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime


class ApiKeyWithSecret(ApiKey):
    """An API key with what is never shown again: the key, and the secret that signs requests."""

    key: str
    signing_secret: str


KeyName = Annotated[Text, Field(min_length=1, max_length=100)]


class NewApiKey(Model):
    """A new API key: what it may do (`tasks:read`, or `*` for everything), and for how long."""

    name: KeyName
    scopes: Scopes
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90


class ApiKeyPatch(Model):
    """Changes to an API key."""

    name: KeyName | None = None
    scopes: Scopes | None = None

    @model_validator(mode="after")
    def _clears_nothing(self) -> Self:
        for name in self.model_fields_set:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self


class ApiKeyQuery(ListQuery):
    """The list of API keys."""
