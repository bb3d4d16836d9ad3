"""What the clock does for series."""

from functions.tasks import template_reactions
from functions.tasks.reminding import tell_of_reminders
from functions.tasks.subscribers import subscribers
from shared.consumer import Consumer, ScheduledRun
from shared.sql import queries

__all__ = ["extend_series", "subscribers", "template_reactions"]

sql = queries(__file__)

SERIES = 50
SECONDS_A_BATCH = 10.0


@subscribers.every("cron(10 1 * * ? *)")
def extend_series(run: ScheduledRun) -> None:
    """Add the occurrences that have come within 400 days, as far as time allows; those that have
    the least ahead come first, so the next run goes on where this one ends."""
    while run.seconds_left() > SECONDS_A_BATCH:
        done = run.unit(_extend)
        run.count("series", done)
        if done < SERIES:
            return


def _extend(unit: Consumer) -> int:
    row = unit.db.rows(sql.extend_series, limit=SERIES)[0]
    tell_of_reminders(unit, row["reminder_changes"])
    return row["series"]
