"""The one connection that a run uses: alone by an advisory lock, acting as campus_migrator."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import LiteralString, TypeVar, cast

import psycopg
from psycopg import sql

from infra.migrate.files import MigrationError

ROLES = Path(__file__).with_name("roles.sql")
LOCK_KEY = 4_270_113_527  # any number, the same for every runner
WAIT_FOR_RUNNER_SECONDS = 600.0
LONGEST_PAUSE_SECONDS = 3.0
LOGIN_ROLES = ("app", "system", "support")
LOCK_CONFLICTS = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
# Two databases of one server create the same roles at once.
ROLE_CONFLICTS = (
    psycopg.errors.DuplicateObject,
    psycopg.errors.UniqueViolation,
    psycopg.errors.InternalError_,  # "tuple concurrently updated"
)
HISTORY = """
CREATE TABLE IF NOT EXISTS schema_migration (
    version     text        PRIMARY KEY,
    name        text        NOT NULL,
    checksum    text        NOT NULL,
    duration_ms integer     NOT NULL,
    applied_by  text        NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS schema_restore_point (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text        NOT NULL,
    location text        NOT NULL,
    made_by  text        NOT NULL,
    made_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS schema_backfill (
    name       text        PRIMARY KEY,
    state      text        NOT NULL CHECK (state IN ('running', 'paused', 'aborted', 'done')),
    position   text        NOT NULL DEFAULT '',
    rows_done  bigint      NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
REVOKE ALL ON schema_migration, schema_restore_point, schema_backfill
    FROM campus_app, campus_system, campus_support, campus_definer;
GRANT SELECT ON schema_migration TO campus_app, campus_system, campus_support;
GRANT SELECT ON schema_backfill TO campus_support;
"""
Connection = psycopg.Connection[tuple[object, ...]]
Result = TypeVar("Result")


def connect(url: str) -> Connection:
    connection = psycopg.connect(
        url, autocommit=True, application_name="campus migrate", connect_timeout=10
    )
    # A killed runner must not leave its statement waiting for locks, nor the lock held.
    if connection.info.server_version >= 140000:
        connection.execute("SET client_connection_check_interval = '1s'")
    return connection


@contextlib.contextmanager
def migrating(url: str, passwords: Mapping[str, str] | None = None) -> Iterator[Connection]:
    """A connection that no other runner has, with roles and history in place.

    `passwords` maps app, system and support to the password of their role.
    """
    with contextlib.closing(connect(url)) as connection:
        _lock(connection)
        _prepare_roles(connection, passwords or {})
        connection.execute("SET ROLE campus_migrator")
        if not has_history(connection):
            run_script(connection, HISTORY)
        yield connection


def run_script(connection: Connection, text: str) -> psycopg.Cursor[tuple[object, ...]]:
    """Run the statements of a checked-in file; psycopg otherwise insists on literals."""
    return connection.execute(cast(LiteralString, text))


def has_history(connection: Connection) -> bool:
    row = connection.execute("SELECT to_regclass('schema_backfill') IS NOT NULL").fetchone()
    return bool(row and row[0])


def _lock(connection: Connection) -> None:
    """Wait for another runner by asking again: a blocking call would hold a snapshot, which the
    other runner's CREATE INDEX CONCURRENTLY waits for."""
    deadline = time.monotonic() + WAIT_FOR_RUNNER_SECONDS
    while True:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
        if row and row[0]:
            return
        if time.monotonic() > deadline:
            raise MigrationError("another runner has been at work for too long")
        time.sleep(0.1)


def _prepare_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    script = ROLES.read_text()
    retrying(lambda: run_script(connection, script), ROLE_CONFLICTS, patience=20)
    for name, password in passwords.items():
        if name not in LOGIN_ROLES:
            raise MigrationError(f"no password can be set for {name}")
        # Only the verifier travels, so no log of the server ever shows the password.
        role = f"campus_{name}"
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        ).decode()
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), verifier)
        retrying(lambda s=statement: connection.execute(s), ROLE_CONFLICTS, patience=20)


def retrying(
    step: Callable[[], Result],
    conflicts: tuple[type[psycopg.Error], ...] = LOCK_CONFLICTS,
    *,
    patience: float,
) -> Result:
    """Repeat `step` while it meets `conflicts`, with growing pauses, for `patience` seconds."""
    deadline = time.monotonic() + patience
    pause = 0.05
    while True:
        try:
            return step()
        except conflicts:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
