"""Facts about notifications and devices."""

from uuid import UUID

from shared.facts import Event


class NotificationRequested(Event, type="notification.requested"):
    """Somebody is to be told something."""

    notification_id: UUID
    workflow: str


class NotificationSent(Event, type="notification.sent"):
    """A channel's provider took a notification."""

    notification_id: UUID
    workflow: str
    channel: str


class NotificationDeferred(Event, type="notification.deferred"):
    """A notification waits for the end of quiet hours, or of another pause."""

    notification_id: UUID
    workflow: str
    channel: str


class NotificationSuppressed(Event, type="notification.suppressed"):
    """Preferences, a duplicate or the suppression list held a notification back."""

    notification_id: UUID
    workflow: str
    channel: str
    reason: str


class NotificationFailed(Event, type="notification.failed"):
    """A channel's provider refused a notification for good."""

    notification_id: UUID
    workflow: str
    channel: str


class NotificationRead(Event, type="notification.read"):
    """A user read a notification."""

    notification_id: UUID


class InboxRead(Event, type="inbox.read"):
    """A user read all notifications at once, or all of a category. The entity id is the user's."""

    inbox_id: UUID
    notifications: int
    category: str | None


class PreferencesChanged(Event, type="preferences.changed"):
    """A user's notification preferences changed. The entity id is the user's."""

    preferences_id: UUID
    changed: list[str]


class DeviceRegistered(Event, type="device.registered"):
    """A device takes push messages."""

    device_id: UUID
    platform: str


class DeviceRemoved(Event, type="device.removed"):
    """A device takes no more push messages."""

    device_id: UUID
