"""Every checked-in migration can be taken back and applied again, and keeps what is not its own."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from infra import migrate
from infra.migrate import Options
from infra.migrate.files import DIRECTORY, load
from infra.migrate.inspection import round_trip, verify
from tests.infra.migrate.conftest import Write

TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  AND relname NOT LIKE 'schema\\_%' ORDER BY 1
"""
REQUIRED_COLUMNS = """
SELECT attname, typcategory, format_type(atttypid, atttypmod)
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped
  AND NOT atthasdef AND attidentity = ''
"""
CHECKS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'c' AND coninhcount = 0
"""
VALUES = {"B": "true", "N": "1", "S": "'a'", "A": "'{}'", "D": "now()", "T": "'1 hour'"}
VALUES_BY_TYPE = {"uuid": "gen_random_uuid()", "jsonb": "'{}'", "bytea": "'a'", "inet": "'::1'"}


def test_up_down_up_gives_the_identical_schema(database_url: str) -> None:
    assert round_trip(database_url) == []


def test_the_comparison_notices_a_down_that_forgets_something(
    database_url: str, write: Write
) -> None:
    options = write(1, "CREATE TABLE IF NOT EXISTS note (id int);", "SELECT 1;")
    write(
        2,
        "ALTER TABLE note ADD COLUMN IF NOT EXISTS body text DEFAULT now()::text;",
        "ALTER TABLE note ALTER COLUMN body DROP DEFAULT;",
    )
    faults = round_trip(database_url, options)
    assert "after down: left over or changed relation note" in faults
    assert "after the second up: missing column note.body" in faults


def test_the_migrated_database_has_no_fault(database_url: str) -> None:
    assert verify(database_url) == []


def test_each_expanding_migration_taken_back_keeps_the_rows_that_newer_code_wrote(
    empty_database_url: str, tmp_path: Path
) -> None:
    options = Options(directory=tmp_path / "so_far", restore_point_limit=None)
    options.directory.mkdir()
    for migration in load():
        before = _counts(empty_database_url, _tables(empty_database_url))
        for path in DIRECTORY.glob(f"{migration.label}.*"):
            shutil.copy(path, options.directory)
        migrate.up(empty_database_url, options)
        if migration.up.contract:
            continue
        applied = _counts(empty_database_url, before)
        scripts = migration.up.text + migration.down.text
        touched = [t for t in before if not applied[t] or re.search(rf"\b{t}\b", scripts)]
        _write_rows(empty_database_url, touched)
        written = _counts(empty_database_url, before)
        migrate.down(empty_database_url, 1, options)
        # Rows that the migration itself brought may go with it, and no others.
        expected = {table: written[table] - applied[table] + before[table] for table in before}
        kept = _counts(empty_database_url, before)
        assert [table for table in before if kept[table] < expected[table]] == [], migration.label
        migrate.up(empty_database_url, options)


def _tables(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute(TABLES).fetchall()]


def _counts(url: str, tables: Iterable[str]) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchall()[0][0]
            for table in tables
        }


def _write_rows(url: str, tables: Iterable[str]) -> None:
    """A row in each table, made from the types of its columns. Checks know more than types, so
    they are set aside and put back for later rows; foreign keys and triggers are switched off."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in tables:
            checks = connection.execute(CHECKS, [table]).fetchall()
            for name, _ in checks:
                _alter(
                    connection, table, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name))
                )
            _write_row(connection, table)
            for name, definition in checks:
                added = sql.SQL("ADD CONSTRAINT {} {} NOT VALID").format(
                    sql.Identifier(name), sql.SQL(definition.removesuffix(" NOT VALID"))
                )
                _alter(connection, table, added)


def _write_row(connection: psycopg.Connection, table: str) -> None:
    columns = connection.execute(REQUIRED_COLUMNS, [table]).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
    values = sql.SQL(
        ", ".join(VALUES_BY_TYPE.get(kind) or VALUES[category] for _, category, kind in columns)
    )
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING")
    if not columns:
        statement = sql.SQL("INSERT INTO {} DEFAULT VALUES ON CONFLICT DO NOTHING")
    connection.execute(statement.format(sql.Identifier(table), names, values))


def _alter(connection: psycopg.Connection, table: str, action: sql.Composed) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), action))
