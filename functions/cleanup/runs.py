"""A run: the steps of a policy, batch by batch, recorded with every batch it has done.

Counts and position are saved in the transaction of the batch they tell of. A run that is out of
time, or killed, is taken up by the next one where it stood. The lock belongs to the connection, so
that it goes with a killed run, and is asked for with every batch, in case the connection changed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from events.operations import CleanupCompleted
from shared.consumer import ScheduledRun
from shared.ids import uuid7
from shared.observe import Stopwatch
from shared.sql import Statement, queries
from shared.work import Consumer

sql = queries(__file__)

BATCH = 500
MARGIN = 3.0
"""Seconds that one batch and the end of a run may take."""
_START: dict[str, Any] = {"time": "-infinity", "id": str(UUID(int=0))}


@dataclass(frozen=True, slots=True)
class Step:
    """One table of a policy: rows (of owners with a tier) older than `hours`."""

    table_name: str
    tier: str | None
    hours: int

    @property
    def name(self) -> str:
        return f"{self.table_name}/{self.tier or 'all'}"


@dataclass(slots=True)
class _Position:
    """Where a run stands: the step, and after which row of it."""

    run_id: UUID
    step: str | None = None
    after: dict[str, Any] | None = None


def carry_out(run: ScheduledRun, policy: str, steps: Statement) -> None:
    """Carry out a policy as far as time allows. Does nothing while another run does it."""
    watch = Stopwatch()
    position = run.unit(lambda unit: _begin(unit, policy))
    if position is None:
        run.count("held_by_another_run")
        return
    try:
        if _purge(run, policy, steps, position):
            run.unit(lambda unit: _finish(unit, policy, position, watch))
        else:
            run.count("unfinished")
            run.unit(lambda unit: _pause(unit, position, watch))
    finally:
        run.unit(lambda unit: unit.db.value(sql.release_lock, policy=policy))


def _begin(unit: Consumer, policy: str) -> _Position | None:
    """The run that was left unfinished, or a new one; None when another holds the lock."""
    if not unit.db.value(sql.take_lock, policy=policy):
        return None
    row = unit.db.row(sql.begin_run, policy=policy, id=uuid7())
    if row is None:
        raise RuntimeError("a run is there by now, new or old")
    return _Position(row["id"], row["cursor"].get("step"), row["cursor"].get("after"))


def _purge(run: ScheduledRun, policy: str, steps: Statement, position: _Position) -> bool:
    """Whether all steps from the position on are done."""
    for step in _remaining(run, policy, steps, position):
        after = (position.after or _START) if step.name == position.step else _START
        while True:
            if run.seconds_left() < MARGIN:
                return False
            outcome = run.unit(_batch(policy, step, position.run_id, after))
            if outcome is None:
                return False
            for name in ("scanned", "deleted", "failed"):
                run.count(name, outcome[name])
            if outcome["scanned"] < BATCH:
                break
            after = outcome["after"]
    return True


def _remaining(run: ScheduledRun, policy: str, steps: Statement, position: _Position) -> list[Step]:
    rows = run.unit(lambda unit: unit.db.rows(steps, policy=policy))
    found = [Step(**row) for row in rows]
    names = [step.name for step in found]
    return found[names.index(position.step) :] if position.step in names else found


def _batch(policy: str, step: Step, run_id: UUID, after: dict[str, Any]) -> Any:
    """The unit of work of one batch; it returns None when the lock was lost to another run."""

    def work(unit: Consumer) -> dict[str, Any] | None:
        if not unit.db.value(sql.take_lock, policy=policy):
            return None
        statement = sql.purge_trash if policy == "trash" else getattr(sql, _purge_of(step))
        row = unit.db.rows(
            statement,
            table=step.table_name,
            tier=step.tier,
            before=datetime.now(UTC) - timedelta(hours=step.hours),
            after_time=after["time"],
            after_id=after["id"],
            limit=BATCH,
        )[0]
        row["after"] = {"time": row.pop("last_time"), "id": row.pop("last_id")}
        cursor = {"step": step.name, "after": row["after"] if row["scanned"] == BATCH else _START}
        unit.db.run(sql.record_batch, id=run_id, cursor=cursor, **_counts(row))
        return row

    return work


def _purge_of(step: Step) -> str:
    return f"purge_{step.table_name}"


def _counts(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in ("scanned", "deleted", "failed")}


def _pause(unit: Consumer, position: _Position, watch: Stopwatch) -> None:
    unit.db.run(sql.pause_run, id=position.run_id, spent=round(watch.milliseconds))


def _finish(unit: Consumer, policy: str, position: _Position, watch: Stopwatch) -> None:
    """Close the run. It is told when it changed or failed at something: most runs find nothing."""
    row = unit.db.rows(sql.finish_run, id=position.run_id, spent=round(watch.milliseconds))[0]
    if row["deleted"] or row["failed"]:
        unit.emit(CleanupCompleted(cleanup_id=position.run_id, policy=policy, **_counts(row)))
