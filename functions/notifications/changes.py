"""Steps between the API versions of notifications."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator

from functions.notifications.models import (
    Notification,
    NotificationPatch,
    NotificationQuery,
    Preferences,
    PreferencesPatch,
    UnreadCount,
)
from shared.versions import Change, Document, OnlyNewer, OnlyOlder, Rename, Replace, same

_SCREENS = {"assignments": "assignment", "lectures": "lecture", "study-sessions": "study-session"}
_FOREVER = "2199-12-31T00:00:00Z"
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)


def _time_of_day(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("must be a time such as 22:00")
    return text


_Clock = Annotated[str, AfterValidator(_time_of_day)]


def _deep_link(action_url: Any) -> str | None:
    """The predecessor's application opens tasks by links of its own scheme."""
    found = re.fullmatch(r"/tasks/([a-z-]+)/([0-9a-f-]{36})", action_url or "")
    if found and found[1] in _SCREENS:
        return f"elaro://{_SCREENS[found[1]]}/{found[2]}"
    return None


def _is_read(document: Document) -> bool:
    return document["read_at"] is not None


class NotificationHistory(Change):
    """A notification's `notification_type` became `workflow` and `deep_link_url` became
    `actionUrl`, a path of this API; `opened_at` became `readAt`, `dismissed_at` became
    `archivedAt`, and `is_read` is `readAt` not being null. `category`, `severity` and
    `snoozedUntil` are new."""

    models = (Notification,)
    edits = (
        Rename(newer="workflow", older="notification_type"),
        Replace(
            newer="action_url", older="deep_link_url", older_type=str | None, downgrade=_deep_link
        ),
        OnlyOlder("is_read", bool, downgrade=_is_read),
        Rename(newer="read_at", older="opened_at"),
        Rename(newer="archived_at", older="dismissed_at"),
        OnlyNewer("category"),
        OnlyNewer("severity"),
        OnlyNewer("snoozed_until"),
    )


class NotificationFilters(Change):
    """The history was filtered by `filter` (a notification type) and `includeRead`; it filters by
    `workflow`, `unread`, `category`, `archived` and `snoozed`."""

    models = (NotificationQuery,)
    edits = (
        Rename(newer="workflow", older="filter"),
        Replace(
            newer="unread",
            older="includeRead",
            older_type=str,
            upgrade=lambda text: {"true": None, "false": "true"}.get(text, text),
            downgrade=lambda unread: "false" if unread else "true",
        ),
        OnlyNewer("category"),
        OnlyNewer("archived"),
        OnlyNewer("snoozed"),
    )


class NotificationMarks(Change):
    """Marking a notification took `is_read` and `dismissed`; it takes `read` and `archived`, and
    `snoozedUntil` is new."""

    models = (NotificationPatch,)
    edits = (
        Rename(newer="read", older="is_read"),
        Rename(newer="archived", older="dismissed"),
        OnlyNewer("snoozed_until"),
    )


class UnreadNumbers(Change):
    """`unread_count` became `total`, with a count for each category beside it."""

    models = (UnreadCount,)
    edits = (Rename(newer="total", older="unread_count"), OnlyNewer("categories"))


def _inside(
    section: str,
    name: str,
    older: str,
    older_type: Any,
    *,
    upgrade: Callable[[Any], Any] = same,
    downgrade: Callable[[Any], Any] = same,
) -> OnlyOlder:
    """A field of the predecessor that lies inside of an object today. Null says nothing."""

    def set_inside(document: Document, value: Any) -> None:
        if value is not None:
            document.setdefault(section, {})[name] = upgrade(value)

    return OnlyOlder(
        older,
        older_type,
        upgrade=set_inside,
        downgrade=lambda document: downgrade(document[section][name]),
    )


def _switch(section: str, name: str, older: str) -> OnlyOlder:
    """Off is off; on means that nothing narrower forbids it, so that the master switch, which
    clients send along with all the others, keeps its power."""
    return _inside(
        section,
        name,
        older,
        bool,
        upgrade=lambda on: None if on else False,
        downgrade=lambda switch: switch is not False,
    )


def _minutes(text: str) -> str:
    """The predecessor wrote times with seconds, too."""
    return text[:5]


def _clock(newer: str, older: str) -> Replace:
    return Replace(newer=newer, older=older, older_type=_Clock, upgrade=_minutes)


class PreferenceFlags(Change):
    """Preferences were one flat row of flags. `master_toggle` became `master`; `email_enabled` and
    `push_enabled` became `channels`; `reminders_enabled` and `marketing_enabled` became
    `categories`; `assignment_enabled`, `lecture_enabled`, `srs_enabled`, `morning_summary_enabled`
    and `evening_capture_enabled` became `workflows`; `quiet_hours_enabled`, `quiet_hours_start` and
    `quiet_hours_end` became `quietHours`. `do_not_disturb` became the time `dndUntil`,
    `cooldown_period` became `cooldownMinutes`, `weekend_enabled` became `weekends`,
    `preferred_morning_time` and `preferred_evening_time` became `morningTime` and `eveningTime`.
    `timezone` and `unsubscribed` are new. A switch of today may be null, as a wider one says."""

    models = (Preferences, PreferencesPatch)
    edits = (
        OnlyNewer("channels"),
        OnlyNewer("categories"),
        OnlyNewer("workflows"),
        OnlyNewer("quiet_hours"),
        OnlyNewer("timezone"),
        OnlyNewer("unsubscribed"),
        Rename(newer="master", older="master_toggle"),
        _switch("channels", "email", "email_enabled"),
        _switch("channels", "push", "push_enabled"),
        _switch("categories", "reminder", "reminders_enabled"),
        _inside(
            "categories",
            "marketing",
            "marketing_enabled",
            bool,
            downgrade=lambda switch: switch is True,
        ),
        _switch("workflows", "assignment_reminder", "assignment_enabled"),
        _switch("workflows", "lecture_reminder", "lecture_enabled"),
        _switch("workflows", "study_session_reminder", "srs_enabled"),
        _switch("workflows", "morning_summary", "morning_summary_enabled"),
        _switch("workflows", "evening_capture", "evening_capture_enabled"),
        _inside("quiet_hours", "enabled", "quiet_hours_enabled", bool),
        _inside("quiet_hours", "start", "quiet_hours_start", _Clock, upgrade=_minutes),
        _inside("quiet_hours", "end", "quiet_hours_end", _Clock, upgrade=_minutes),
        Replace(
            newer="dnd_until",
            older="do_not_disturb",
            older_type=bool,
            upgrade=lambda on: _FOREVER if on else None,
            downgrade=lambda until: until is not None and until > datetime.now(UTC),
        ),
        Rename(newer="cooldown_minutes", older="cooldown_period"),
        Rename(newer="weekends", older="weekend_enabled"),
        _clock("morning_time", "preferred_morning_time"),
        _clock("evening_time", "preferred_evening_time"),
    )
