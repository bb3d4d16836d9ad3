"""Facts about calendars that go out and come in."""

from uuid import UUID

from shared.facts import Event


class CalendarFeedCreated(Event, type="calendar_feed.created"):
    """A calendar to subscribe to was made."""

    calendar_feed_id: UUID


class CalendarFeedUpdated(Event, type="calendar_feed.updated"):
    """What a calendar to subscribe to holds, or is called, changed."""

    calendar_feed_id: UUID
    changed: list[str]


class CalendarFeedRotated(Event, type="calendar_feed.rotated"):
    """A calendar to subscribe to has a new address; the old one leads nowhere."""

    calendar_feed_id: UUID


class CalendarFeedDeleted(Event, type="calendar_feed.deleted"):
    """A calendar to subscribe to was deleted; its address leads nowhere."""

    calendar_feed_id: UUID
    deletion_id: UUID


class CalendarFeedRestored(Event, type="calendar_feed.restored"):
    """The deletion of a calendar to subscribe to was taken back: its address is good again."""

    calendar_feed_id: UUID
    deletion_id: UUID


class CalendarFeedPurged(Event, type="calendar_feed.purged"):
    """A calendar to subscribe to was removed for good."""

    calendar_feed_id: UUID


class CalendarImported(Event, type="calendar.imported"):
    """A file or an address was imported: how many items and occurrences it made, changed, deleted,
    and how many events it left alone. The entity is the user's calendar."""

    calendar_id: UUID
    created: int
    updated: int
    deleted: int
    unchanged: int
    skipped: int
