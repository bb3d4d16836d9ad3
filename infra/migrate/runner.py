"""Apply migrations and take them back, so that a failure at any point leaves a known state."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg

from infra.migrate.files import DIRECTORY, Migration, MigrationError, Script, load
from infra.migrate.indexes import drop_invalid_indexes
from infra.migrate.report import describe, is_destructive, needs_long_lock
from infra.migrate.restore_points import require_recent
from infra.migrate.session import Connection, has_history, migrating, retrying, run_script

LOCK_TIMEOUT = "100ms"  # readers queue behind a waiting DDL statement: never for longer than this
STATEMENT_TIMEOUT = "60s"  # and no transaction of ours holds its locks for longer than this
PATIENT_LOCK_TIMEOUT = "10min"  # for locks that block neither reading nor writing
RESTORE_POINT_LIMIT = timedelta(hours=1)


@dataclass(frozen=True)
class Options:
    """How to run: where the files are, who runs, how long to try for a lock in seconds, and how
    old a restore point may be before something is destroyed (None: not asked for)."""

    directory: Path = DIRECTORY
    applied_by: str = "unknown"
    patience: float = 120.0
    restore_point_limit: timedelta | None = RESTORE_POINT_LIMIT


DEFAULTS = Options()


def up(
    url: str, options: Options = DEFAULTS, passwords: Mapping[str, str] | None = None
) -> list[str]:
    """Apply what is pending, oldest first, and return the labels. `url` is the admin's."""
    migrations = load(options.directory)
    with migrating(url, passwords) as connection:
        applied = history(connection)
        pending = pending_of(migrations, applied)
        for migration in pending:
            refuse_unmarked(migration)
            if migration.up.contract and applied:
                require_recent(connection, options.restore_point_limit)
        for migration in pending:
            _apply(connection, migration, options)
    return [migration.label for migration in pending]


def down(url: str, count: int = 1, options: Options = DEFAULTS) -> list[str]:
    """Take back the newest `count` migrations, newest first, and return the labels."""
    migrations = {migration.version: migration for migration in load(options.directory)}
    labels: list[str] = []
    with migrating(url) as connection:
        applied = history(connection)
        pending_of(list(migrations.values()), applied)
        for version in sorted(applied, reverse=True)[:count]:
            if version not in migrations:
                raise MigrationError(f"{version} is applied, but its files are not here")
            migration = migrations[version]
            if is_destructive(migration.down.text):
                require_recent(connection, options.restore_point_limit)
            _take_back(connection, migration, options)
            labels.append(migration.label)
    return labels


def history(connection: Connection) -> dict[str, str]:
    """Checksums of what is applied, by version."""
    if not has_history(connection):
        return {}
    rows = connection.execute("SELECT version, checksum FROM schema_migration").fetchall()
    return {str(version): str(checksum) for version, checksum in rows}


def pending_of(migrations: list[Migration], applied: Mapping[str, str]) -> list[Migration]:
    """What is not applied yet; an edited or overtaken migration is refused.

    Versions newer than all files are left alone: an older release runs on a newer schema.
    """
    newest = max(applied, default="")
    pending: list[Migration] = []
    for migration in migrations:
        checksum = applied.get(migration.version)
        if checksum is None and migration.version < newest:
            raise MigrationError(
                f"{migration.label} is older than {newest}, which is applied: give it a new version"
            )
        if checksum is None:
            pending.append(migration)
        elif checksum != migration.checksum:
            raise MigrationError(
                f"{migration.label} was edited after it was applied: undo that, write a new one"
            )
    return pending


def refuse_unmarked(migration: Migration) -> None:
    """Steps that take something away belong in a migration that says so."""
    script = migration.up
    if script.contract:
        return
    for step in describe(script.text):
        if step.destructive:
            raise MigrationError(
                f"{migration.label}: {step.action} takes something away from running code: "
                "do it in a later migration with the header `-- phase: contract`"
            )


def check(connection: Connection, migration: Migration) -> None:
    """Run the validation: each row that it returns is a fault."""
    cursor = run_script(connection, migration.validate)
    faults: list[object] = []
    while True:
        if cursor.description is not None:
            faults += cursor.fetchmany(5)
        if not cursor.nextset():
            break
    if faults:
        raise MigrationError(f"{migration.label}: its validation found {faults}")


def _apply(connection: Connection, migration: Migration, options: Options) -> None:
    began = time.monotonic()

    def within_transaction() -> None:
        with connection.transaction():
            _run_limited(connection, migration.up.text)
            check(connection, migration)
            _record(connection, migration, began, options)

    if not migration.up.transactional:
        _apply_blocks(connection, migration, options)
        _record(connection, migration, began, options)
        return
    try:
        retrying(within_transaction, patience=options.patience)
    except psycopg.Error as error:
        raise MigrationError(f"{migration.label} failed and was rolled back: {error}") from error


def _apply_blocks(connection: Connection, migration: Migration, options: Options) -> None:
    """Without a transaction there is no rollback: a failure runs the down script. A kill leaves
    the migration unrecorded, and its blocks are written so that they can be run again."""
    try:
        _run_blocks(connection, migration.up, options)
        check(connection, migration)
    except (psycopg.Error, MigrationError) as error:
        try:
            _run_script_alone(connection, migration.down, options)
        except psycopg.Error as second:
            raise MigrationError(
                f"{migration.label} failed ({error}), and so did taking it back ({second}): "
                "parts of it remain; both scripts can be run again"
            ) from error
        raise MigrationError(f"{migration.label} failed and was taken back: {error}") from error


def _take_back(connection: Connection, migration: Migration, options: Options) -> None:
    def within_transaction() -> None:
        with connection.transaction():
            _forget(connection, migration)
            _run_limited(connection, migration.down.text)

    try:
        if migration.down.transactional:
            retrying(within_transaction, patience=options.patience)
        else:
            # Forgotten first: killed half-way, the next `up` completes what is missing.
            _forget(connection, migration)
            _run_blocks(connection, migration.down, options)
    except psycopg.Error as error:
        raise MigrationError(f"taking back {migration.label} failed: {error}") from error


def _run_script_alone(connection: Connection, script: Script, options: Options) -> None:
    if not script.transactional:
        _run_blocks(connection, script, options)
        return

    def within_transaction() -> None:
        with connection.transaction():
            _run_limited(connection, script.text)

    retrying(within_transaction, patience=options.patience)


def _run_limited(connection: Connection, text: str) -> None:
    run_script(connection, f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    run_script(connection, f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    run_script(connection, text)


def _run_blocks(connection: Connection, script: Script, options: Options) -> None:
    def attempt(block: str) -> None:
        drop_invalid_indexes(connection, script.text)
        run_script(connection, block)

    try:
        for block in script.blocks:
            timeout = LOCK_TIMEOUT if needs_long_lock(block) else PATIENT_LOCK_TIMEOUT
            run_script(connection, f"SET lock_timeout = '{timeout}'")
            retrying(lambda text=block: attempt(text), patience=options.patience)
    finally:
        connection.execute("RESET lock_timeout")
        drop_invalid_indexes(connection, script.text)


def _record(connection: Connection, migration: Migration, began: float, options: Options) -> None:
    duration_ms = round((time.monotonic() - began) * 1000)
    connection.execute(
        """
        INSERT INTO schema_migration (version, name, checksum, duration_ms, applied_by)
        VALUES (%s, %s, %s, %s, %s || ' as ' || session_user)
        """,
        [migration.version, migration.name, migration.checksum, duration_ms, options.applied_by],
    )


def _forget(connection: Connection, migration: Migration) -> None:
    connection.execute("DELETE FROM schema_migration WHERE version = %s", [migration.version])
