"""Publishes what is left in the outbox: events whose own invocation could not."""

from shared import outbox
from shared.consumer import ScheduledRun, Subscribers

subscribers = Subscribers()
MARGIN = 5.0
"""Seconds kept back: one batch makes ten calls of the bus, of which one may be slow."""


@subscribers.every("rate(1 minute)")
def sweep(run: ScheduledRun) -> None:
    """Publish batch after batch while something is due and time is left.

    Batches are claimed by a lease, so that two runs share the work. An entry that the bus refuses
    stays, and is due again when its lease has ended. Whatever the bus raises ends the run: the
    alarm on failed runs has to see it, and nothing is lost.
    """
    try:
        while run.seconds_left() > MARGIN:
            claimed, published = outbox.sweep(run.database)
            run.count("claimed", claimed)
            run.count("published", published)
            if claimed == 0:
                break
    finally:
        _measure(run)


def _measure(run: ScheduledRun) -> None:
    backlog = run.unit(lambda context: context.db.row(outbox.sql.outbox_backlog))
    run.count("backlog", backlog["backlog"])
    run.count("oldest_seconds", round(backlog["oldest_seconds"]))
