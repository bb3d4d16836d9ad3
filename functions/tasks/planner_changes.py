"""Steps between the API versions of the calendar."""

from functions.tasks.planner_models import Calendar, CalendarDay, PlannerEntry
from shared.versions import Change, OnlyNewer, Rename


class CalendarDays(Change):
    """A day of the calendar's week says `on` instead of `date`."""

    models = (CalendarDay,)
    edits = (Rename(newer="on", older="date"),)


class CalendarWeeks(Change):
    """The calendar's week tells the time zone that its days are in, and the week's name."""

    models = (Calendar,)
    edits = (OnlyNewer("timezone"), OnlyNewer("week_name"))


class CalendarEntries(Change):
    """What the calendar shows at a time: `type` became `kind`, `start_time` and `end_time` became
    `startsAt` and `endsAt`, `venue` became `location`. New are `recurrenceId`, `dueOn` and
    `status`."""

    models = (PlannerEntry,)
    edits = (
        Rename(newer="kind", older="type"),
        Rename(newer="starts_at", older="start_time"),
        Rename(newer="ends_at", older="end_time"),
        Rename(newer="location", older="venue"),
        OnlyNewer("recurrence_id"),
        OnlyNewer("due_on"),
        OnlyNewer("status"),
    )
