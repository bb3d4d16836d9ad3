"""Nothing is destroyed without a recent restore point."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from infra import migrate
from infra.local.postgres_programs import programs_directory
from infra.migrate import MigrationError, Options, restore_points
from tests.infra.migrate.conftest import Write
from tests.infra.migrate.database import ask, exists, run

DROP_NOTE = "-- phase: contract\nDROP TABLE note;"


@pytest.fixture
def options(empty_database_url: str, write: Write) -> Options:
    """A database with a table of one row, and a contract migration that drops it."""
    migrate.up(empty_database_url, write(1, "CREATE TABLE note (id int);", "DROP TABLE note;"))
    run(empty_database_url, "INSERT INTO note VALUES (1)")
    return write(2, DROP_NOTE, "CREATE TABLE note (id int);")


def test_a_contract_migration_is_refused_without_a_restore_point(
    empty_database_url: str, options: Options
) -> None:
    with pytest.raises(MigrationError, match="no restore point younger than 1:00:00"):
        migrate.up(empty_database_url, options)
    assert exists(empty_database_url, "note")


def test_a_restore_point_that_is_too_old_does_not_count(
    empty_database_url: str, options: Options
) -> None:
    restore_points.record_snapshot(empty_database_url, "snapshot-1", "a test")
    old = "UPDATE schema_restore_point SET made_at = made_at - interval '61 minutes'"
    run(empty_database_url, old)
    with pytest.raises(MigrationError, match="no restore point"):
        migrate.up(empty_database_url, options)
    longer = replace(options, restore_point_limit=timedelta(hours=2))
    assert migrate.up(empty_database_url, longer) == ["00000000000002_made_up"]


def test_a_recorded_snapshot_admits_a_contract_migration(
    empty_database_url: str, options: Options
) -> None:
    restore_points.record_snapshot(empty_database_url, "snapshot-1", "a test")
    migrate.up(empty_database_url, options)
    assert not exists(empty_database_url, "note")


def test_a_dump_is_a_restore_point_that_brings_the_rows_back(
    empty_database_url: str, options: Options, tmp_path: Path
) -> None:
    target = tmp_path / "campus.dump"
    programs = programs_directory()
    restore_points.dump(empty_database_url, target, programs, "a test")
    migrate.up(empty_database_url, options)
    run(empty_database_url, "CREATE TABLE note (id int)")
    # Against an older server pg_restore complains of settings that are new, and goes on.
    subprocess.run(
        [programs / "pg_restore", "--data-only", "-t", "note", "-d", empty_database_url, target],
        check=False,
    )
    assert ask(empty_database_url, "SELECT id FROM note") == [(1,)]
    assert ask(empty_database_url, "SELECT kind, location FROM schema_restore_point") == [
        ("dump", str(target))
    ]


def test_a_dump_that_fails_is_not_recorded(
    empty_database_url: str, options: Options, tmp_path: Path
) -> None:
    with pytest.raises(MigrationError, match="pg_dump failed"):
        restore_points.dump(
            empty_database_url, tmp_path / "no" / "folder", programs_directory(), "a test"
        )
    assert ask(empty_database_url, "SELECT FROM schema_restore_point") == []


def test_taking_back_a_migration_that_made_a_table_needs_a_restore_point_too(
    empty_database_url: str, options: Options
) -> None:
    for path in options.directory.glob("00000000000002_*"):
        path.unlink()
    with pytest.raises(MigrationError, match="no restore point"):
        migrate.down(empty_database_url, 1, options)
    restore_points.record_snapshot(empty_database_url, "snapshot-1", "a test")
    assert migrate.down(empty_database_url, 1, options) == ["00000000000001_made_up"]


def test_a_database_built_from_nothing_has_nothing_to_lose(
    empty_database_url: str, write: Write
) -> None:
    write(1, "CREATE TABLE note (id int);", "DROP TABLE note;")
    options = write(2, DROP_NOTE, "CREATE TABLE note (id int);")
    assert len(migrate.up(empty_database_url, options)) == 2
