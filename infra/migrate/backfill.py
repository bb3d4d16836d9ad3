"""Change many rows in small steps: resumable, observable, and polite.

A backfill is one statement in `infra/backfills/<name>.sql` that handles the next batch. It takes
`%(after)s` (the position, '' at first) and `%(limit)s`, and returns one row: the new position as
text, NULL when nothing is left, and how many rows it changed. Position and rows are committed
together, so a kill at any point neither skips nor repeats a row.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast

import psycopg

from infra.migrate.files import MigrationError
from infra.migrate.session import LOCK_CONFLICTS, Connection, connect, has_history, retrying

DIRECTORY = Path(__file__).parent.parent / "backfills"


@dataclass(frozen=True)
class Pace:
    """Rows a batch; seconds of rest after each; how many sessions of the database may wait for
    locks, and for how many seconds more of them are waited out before the backfill gives up."""

    batch: int = 1000
    rest: float = 0.05
    queue_limit: int = 5
    patience: float = 60.0


@dataclass(frozen=True)
class Progress:
    name: str
    state: str
    position: str
    rows_done: int


def run(
    url: str,
    name: str,
    pace: Pace = Pace(),
    report: Callable[[Progress], None] = lambda _: None,
    directory: Path = DIRECTORY,
) -> Progress:
    """Work on from the last position until nothing is left, or until it is paused."""
    statement = _statement(name, directory)
    with _alone(url, name) as connection:
        connection.execute(
            """
            INSERT INTO schema_backfill (name, state) VALUES (%s, 'running')
            ON CONFLICT (name) DO UPDATE SET state = 'running', updated_at = now()
            WHERE schema_backfill.state <> 'done'
            """,
            [name],
        )
        while (reached := progress(connection, name)).state == "running":
            report(reached)
            try:
                _await_short_queue(connection, pace)
                retrying(
                    lambda: _batch(connection, name, statement, pace.batch), patience=pace.patience
                )
            except LOCK_CONFLICTS as error:
                _abort(connection, name)
                raise MigrationError(f"{name} gave up ({error}): run it later") from error
            time.sleep(pace.rest)
        report(reached)
        return reached


def pause(url: str, name: str) -> None:
    """Stop a running backfill after its current batch; `run` resumes it."""
    with contextlib.closing(connect(url)) as connection:
        changed = connection.execute(
            "UPDATE schema_backfill SET state = 'paused', updated_at = now()"
            " WHERE name = %s AND state = 'running'",
            [name],
        )
        if changed.rowcount == 0:
            raise MigrationError(f"the backfill {name} is not running")


def progress(connection: Connection, name: str) -> Progress:
    row = connection.execute(
        "SELECT state, position, rows_done FROM schema_backfill WHERE name = %s", [name]
    ).fetchone()
    if row is None:
        raise MigrationError(f"the backfill {name} was never started")
    return Progress(name, str(row[0]), str(row[1]), cast(int, row[2]))


def _statement(name: str, directory: Path) -> str:
    path = directory / f"{name}.sql"
    if path.parent != directory or not path.is_file():
        raise MigrationError(f"there is no backfill {path}")
    return path.read_text()


@contextlib.contextmanager
def _alone(url: str, name: str) -> Iterator[Connection]:
    """A connection as the migrator; a second runner of the same backfill is refused."""
    with contextlib.closing(connect(url)) as connection:
        if not has_history(connection):
            raise MigrationError("the database is not migrated yet")
        row = connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended('backfill ' || %s, 0))", [name]
        ).fetchone()
        if not row or not row[0]:
            raise MigrationError(f"the backfill {name} runs already")
        connection.execute("SET ROLE campus_migrator")
        connection.execute("SET lock_timeout = '100ms'")
        yield connection


def _batch(connection: Connection, name: str, statement: str, limit: int) -> None:
    with connection.transaction():
        # Taken first, so that a pause waits for the batch and the batch never undoes a pause.
        row = connection.execute(
            "SELECT position FROM schema_backfill WHERE name = %s FOR UPDATE", [name]
        ).fetchone()
        after = row[0] if row else ""
        result = connection.execute(
            cast(LiteralString, statement), {"after": after, "limit": limit}
        ).fetchone()
        position, rows = result or (None, 0)
        connection.execute(
            """
            UPDATE schema_backfill
            SET position = coalesce(%(position)s, position), rows_done = rows_done + %(rows)s,
                updated_at = now(),
                state = CASE WHEN %(position)s::text IS NULL THEN 'done' ELSE state END
            WHERE name = %(name)s
            """,
            {"position": position, "rows": rows, "name": name},
        )


def _await_short_queue(connection: Connection, pace: Pace) -> None:
    """People come first: rest while many sessions wait for locks, give up if that lasts."""
    deadline = time.monotonic() + pace.patience
    while True:
        row = connection.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
        ).fetchone()
        if cast(int, row[0] if row else 0) <= pace.queue_limit:
            return
        if time.monotonic() > deadline:
            raise psycopg.errors.LockNotAvailable("many sessions wait for locks")
        time.sleep(min(pace.patience / 10, 1.0))


def _abort(connection: Connection, name: str) -> None:
    connection.execute(
        "UPDATE schema_backfill SET state = 'aborted', updated_at = now() WHERE name = %s", [name]
    )
