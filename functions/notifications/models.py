"""Newest shapes of what notifications takes and gives."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from functions.notifications.workflows import Category, Severity
from shared.models import (
    AnyOf,
    Entity,
    ListQuery,
    Model,
    Query,
    QueryBoolean,
    Text,
    Timestamp,
    TimeZone,
)

WorkflowName = Annotated[Text, Field(pattern=r"^[a-z_]{1,64}$")]
WallTime = Annotated[Text, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
PerDay = Annotated[int, Field(ge=0, le=1000)]
Minutes = Annotated[int, Field(ge=0, le=1440)]


class Notification(Entity):
    """Something that a person was told, as it stands in their inbox."""

    workflow: str
    category: Category
    title: str
    body: str
    action_url: str | None
    severity: Severity
    read_at: datetime | None
    archived_at: datetime | None
    snoozed_until: datetime | None


class NotificationQuery(ListQuery):
    """Filters of the inbox. Archived and snoozed notifications are left out unless asked for."""

    category: AnyOf[Category] | None = None
    workflow: AnyOf[WorkflowName] | None = None
    unread: QueryBoolean | None = None
    archived: QueryBoolean = False
    snoozed: QueryBoolean = False


class NotificationPatch(Model):
    """Changes to a notification: `snoozedUntil` null takes it back into the inbox."""

    read: bool = False
    archived: bool = False
    snoozed_until: Timestamp | None = None


class CategoryCounts(Model):
    """Unread notifications of each category."""

    reminder: int
    digest: int
    course: int
    booking: int
    billing: int
    security: int
    marketing: int


class UnreadCount(Model):
    """How much is unread in the inbox."""

    total: int
    categories: CategoryCounts


class ReadAllQuery(Query):
    """Which notifications to mark as read: all, or those of one category."""

    category: Category | None = None


class ReadAllResult(Model):
    """How many notifications were marked as read."""

    updated: int


class Channels(Model):
    """Switches by channel; null means: as the master switch says."""

    in_app: bool | None = None
    email: bool | None = None
    push: bool | None = None


class Categories(Model):
    """Switches by category; null means: as channel and master switch say."""

    reminder: bool | None = None
    digest: bool | None = None
    course: bool | None = None
    booking: bool | None = None
    billing: bool | None = None
    security: bool | None = None
    marketing: bool | None = None


class Workflows(Model):
    """Switches for single kinds of notification; null means: as its category says."""

    welcome: bool | None = None
    assignment_reminder: bool | None = None
    lecture_reminder: bool | None = None
    study_session_reminder: bool | None = None
    assignment_completed: bool | None = None
    course_deleted: bool | None = None
    subscription_started: bool | None = None
    subscription_ended: bool | None = None
    morning_summary: bool | None = None
    evening_capture: bool | None = None


class QuietHours(Model):
    """Hours in which nothing interrupts, on the wall clock; they may cross midnight."""

    enabled: bool
    start: str
    end: str


class QuietHoursPatch(Model):
    """Changes to quiet hours."""

    enabled: bool = False
    start: WallTime = "22:00"
    end: WallTime = "07:00"


class Preferences(Entity):
    """What a person wants to be told, how and when. The id is the person's.

    The narrowest switch that is set decides: workflow, category, channel, master. `unsubscribed`
    are the categories that are not mailed since their reader unsubscribed by a mail's link.
    """

    master: bool
    dnd_until: datetime | None
    channels: Channels
    categories: Categories
    workflows: Workflows
    quiet_hours: QuietHours
    timezone: str | None
    max_per_day: int
    cooldown_minutes: int
    weekends: bool
    morning_time: str
    evening_time: str
    unsubscribed: list[Category]


class PreferencesPatch(Model):
    """Changes to preferences (JSON Merge Patch, also inside of the objects).

    `timezone` null means the profile's. `unsubscribed` takes the list that is to remain.
    """

    master: bool = True
    dnd_until: Timestamp | None = None
    channels: Channels = Field(default_factory=Channels)
    categories: Categories = Field(default_factory=Categories)
    workflows: Workflows = Field(default_factory=Workflows)
    quiet_hours: QuietHoursPatch = Field(default_factory=QuietHoursPatch)
    timezone: TimeZone | None = None
    max_per_day: PerDay = 10
    cooldown_minutes: Minutes = 30
    weekends: bool = True
    morning_time: WallTime = "08:00"
    evening_time: WallTime = "20:00"
    unsubscribed: Annotated[list[Category], Field(max_length=7)] = Field(default_factory=list)


ReminderKind = Literal["assignment", "lecture", "study_session", "review"]


class DueReminder(Model):
    """A reminder whose time has come, as tasks hands it out."""

    id: UUID
    user_id: UUID
    kind: ReminderKind
    item_id: UUID
    title: str
    occurs_at: datetime
    remind_at: datetime
    relevant: bool
