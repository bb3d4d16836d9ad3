"""What is applied, and whether database and files agree."""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.migrate.files import DIRECTORY, Migration, MigrationError, load
from infra.migrate.indexes import invalid_indexes
from infra.migrate.runner import DEFAULTS, Options, down, history, pending_of, up
from infra.migrate.session import Connection, connect, has_history, run_script

SNAPSHOT = Path(__file__).with_name("snapshot.sql")
Snapshot = list[tuple[object, ...]]


def status(url: str, directory: Path = DIRECTORY) -> list[str]:
    """A line for each migration, applied ones with time, duration and who."""
    migrations = load(directory)
    with contextlib.closing(connect(url)) as connection:
        details = _details(connection)
    lines = [
        f"{migration.label}  {details.get(migration.version, 'pending')}"
        for migration in migrations
    ]
    unknown = sorted(set(details) - {migration.version for migration in migrations})
    return lines + [f"{version}  {details[version]}, by a newer release" for version in unknown]


def pending(url: str, directory: Path = DIRECTORY) -> list[Migration]:
    """What `up` would apply."""
    with contextlib.closing(connect(url)) as connection:
        return pending_of(load(directory), history(connection))


def verify(url: str, directory: Path = DIRECTORY) -> list[str]:
    """Faults: edited or pending migrations, invalid indexes, constraints never validated."""
    try:
        faults = [f"{migration.label} is pending" for migration in pending(url, directory)]
    except MigrationError as error:
        return [str(error)]
    with contextlib.closing(connect(url)) as connection:
        faults += [f"index {name} is invalid: drop it" for name in invalid_indexes(connection)]
        rows = connection.execute(
            """
            SELECT conrelid::regclass || '.' || conname
            FROM pg_constraint
            WHERE NOT convalidated AND connamespace = 'public'::regnamespace
            ORDER BY 1
            """
        ).fetchall()
        return faults + [f"constraint {name} was never validated" for (name,) in rows]


def round_trip(url: str, options: Options = DEFAULTS) -> list[str]:
    """Differences between the schema after `up` and the schema after taking each migration back
    and applying it again, tried in a database of its own on the same server."""
    options = replace(options, restore_point_limit=None)
    with _scratch_database(url) as scratch:
        nothing = snapshot(scratch)
        count = len(up(scratch, options))
        first = snapshot(scratch)
        down(scratch, count, options)
        faults = _differences("after down", nothing, snapshot(scratch))
        up(scratch, options)
        return faults + _differences("after the second up", first, snapshot(scratch))


def snapshot(url: str) -> Snapshot:
    """The whole schema as rows of kind, name and definition."""
    with contextlib.closing(connect(url)) as connection:
        return run_script(connection, SNAPSHOT.read_text()).fetchall()


def _differences(when: str, expected: Snapshot, found: Snapshot) -> list[str]:
    # The first `up` makes extensions and default privileges, and no `down` takes them away.
    lasting = ("extension", "default privileges")
    missing = [row for row in expected if row not in set(found)]
    added = [row for row in found if row not in set(expected) and row[0] not in lasting]
    return [f"{when}: missing {row[0]} {row[1]}" for row in missing] + [
        f"{when}: left over or changed {row[0]} {row[1]}" for row in added
    ]


def _details(connection: Connection) -> dict[str, str]:
    if not has_history(connection):
        return {}
    rows = connection.execute(
        """
        SELECT version, format('applied %s in %s ms by %s',
                               to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
                               duration_ms, applied_by)
        FROM schema_migration
        """
    ).fetchall()
    return {str(version): str(detail) for version, detail in rows}


@contextlib.contextmanager
def _scratch_database(url: str) -> Iterator[str]:
    name = sql.Identifier(scratch := f"campus_verify_{secrets.token_hex(4)}")
    with contextlib.closing(connect(url)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield make_conninfo(url, dbname=scratch)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
