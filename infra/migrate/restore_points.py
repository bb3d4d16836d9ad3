"""Points in time that the database can be brought back to, recorded before anything is lost."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

from infra.migrate.files import MigrationError
from infra.migrate.session import Connection, migrating


def record_snapshot(url: str, location: str, made_by: str) -> None:
    """Note a backup that somebody else made and verified, such as a snapshot's name."""
    with migrating(url) as connection:
        _record(connection, "snapshot", location, made_by)


def dump(url: str, target: Path, programs: Path, made_by: str) -> None:
    """Dump the database to `target` with pg_dump, read the dump back, and record it."""
    with migrating(url) as connection:
        unfinished = target.with_suffix(".unfinished")
        _run([programs / "pg_dump", "--format=custom", "--file", unfinished, url])
        # Reading every block of the archive shows that it is whole.
        _run([programs / "pg_restore", "--file", os.devnull, unfinished])
        unfinished.rename(target)
        _record(connection, "dump", str(target), made_by)


def require_recent(connection: Connection, limit: timedelta | None) -> None:
    """Refuse to go on without a restore point younger than `limit`."""
    if limit is None:
        return
    row = connection.execute(
        "SELECT max(made_at) > now() - %s FROM schema_restore_point", [limit]
    ).fetchone()
    if not row or not row[0]:
        raise MigrationError(
            f"no restore point younger than {limit}: run `python -m infra.migrate restore-point`"
        )


def _run(command: list[Path | str]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise MigrationError(f"{command[0]} failed: {done.stderr.strip()}")


def _record(connection: Connection, kind: str, location: str, made_by: str) -> None:
    connection.execute(
        "INSERT INTO schema_restore_point (kind, location, made_by) VALUES (%s, %s, %s)",
        [kind, location, made_by],
    )
