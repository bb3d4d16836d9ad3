"""What the clock has removed, and what it has made in time."""

from functions.cleanup.runs import carry_out
from shared.consumer import ScheduledRun, Subscribers
from shared.sql import queries

subscribers = Subscribers()
sql = queries(__file__)
MONTHS_AHEAD = 12


@subscribers.every("cron(0 2 * * ? *)")
def purge_trash(run: ScheduledRun) -> None:
    """Remove for good what has been in the trash for as long as its owner's plan keeps it."""
    carry_out(run, "trash", sql.trash_steps)


@subscribers.every("rate(1 hour)")
def purge_idempotency_keys(run: ScheduledRun) -> None:
    """Forget stored answers whose keys have expired."""
    carry_out(run, "idempotency_keys", sql.steps)


@subscribers.every("rate(5 minutes)")
def purge_rate_limits(run: ScheduledRun) -> None:
    """Forget counters whose violations have faded, and nonces older than any signature."""
    carry_out(run, "rate_limits", sql.steps)


@subscribers.every("cron(0 3 * * ? *)")
def purge_inbox(run: ScheduledRun) -> None:
    """Forget which events took effect, settled failures and old runs, after 30 days."""
    carry_out(run, "inbox", sql.steps)


@subscribers.every("rate(1 day)")
def ensure_event_partitions(run: ScheduledRun) -> None:
    """Make the history's partitions of the coming year, so that none is missing when it begins."""
    made = run.unit(lambda unit: unit.db.value(sql.ensure_partitions, months=MONTHS_AHEAD))
    run.count("made", made)


@subscribers.every("rate(15 minutes)")
def refresh_course_stats(run: ScheduledRun) -> None:
    """Compute the figures of courses anew, beside their readers."""
    run.count("courses", run.unit(lambda unit: unit.db.value(sql.refresh_course_stats)))
