"""What `up` and `down` do, and what they refuse."""

from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from infra import migrate
from infra.migrate import MigrationError
from infra.migrate.inspection import snapshot, status, verify
from tests.infra.migrate.conftest import Write
from tests.infra.migrate.database import ask, exists, run


def test_up_applies_what_is_pending_in_order_and_writes_history(
    empty_database_url: str, write: Write
) -> None:
    write(2, "ALTER TABLE note ADD COLUMN body text;", "ALTER TABLE note DROP COLUMN body;")
    options = write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    labels = migrate.up(empty_database_url, options)
    rows = ask(
        empty_database_url,
        "SELECT version, name, length(checksum), duration_ms >= 0, applied_by,"
        " applied_at > now() - interval '1 minute' FROM schema_migration ORDER BY version",
    )
    assert labels == ["00000000000001_made_up", "00000000000002_made_up"]
    assert rows == [
        (f"0000000000000{number}", "made_up", 64, True, "a test as postgres", True)
        for number in (1, 2)
    ]


def test_up_with_nothing_to_do_changes_nothing(empty_database_url: str, write: Write) -> None:
    options = write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    migrate.up(empty_database_url, options)
    before = snapshot(empty_database_url)
    assert migrate.up(empty_database_url, options) == []
    assert snapshot(empty_database_url) == before


def test_down_takes_back_the_newest_migration(empty_database_url: str, write: Write) -> None:
    write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    options = write(2, "CREATE TABLE draft ();", "DROP TABLE draft;")
    migrate.up(empty_database_url, options)
    taken = migrate.down(empty_database_url, 1, replace(options, restore_point_limit=None))
    assert taken == ["00000000000002_made_up"]
    assert exists(empty_database_url, "note")
    assert not exists(empty_database_url, "draft")


def test_a_migration_whose_validation_finds_a_fault_is_rolled_back(
    empty_database_url: str, write: Write
) -> None:
    options = write(
        1, "CREATE TABLE note ();", "DROP TABLE note;", "SELECT 1 WHERE false; SELECT 'no rows';"
    )
    with pytest.raises(MigrationError, match="no rows"):
        migrate.up(empty_database_url, options)
    assert not exists(empty_database_url, "note")
    assert ask(empty_database_url, "SELECT FROM schema_migration") == []


def test_a_migration_whose_validation_raises_is_rolled_back(
    empty_database_url: str, write: Write
) -> None:
    options = write(1, "CREATE TABLE note ();", "DROP TABLE note;", "SELECT 1 / 0;")
    with pytest.raises(MigrationError, match="rolled back: division by zero"):
        migrate.up(empty_database_url, options)
    assert not exists(empty_database_url, "note")


def test_migrations_before_a_failing_one_stay_applied(
    empty_database_url: str, write: Write
) -> None:
    write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    options = write(2, "CREATE TABLE draft (); SELECT 1 / 0;")
    with pytest.raises(MigrationError, match="00000000000002_made_up failed"):
        migrate.up(empty_database_url, options)
    write(2, "CREATE TABLE draft ();", "DROP TABLE draft;")
    assert migrate.up(empty_database_url, options) == ["00000000000002_made_up"]


def test_without_a_transaction_a_failing_migration_is_taken_back_by_its_down_script(
    empty_database_url: str, write: Write
) -> None:
    write(1, "CREATE TABLE note (id int);", "DROP TABLE note;")
    options = write(
        2,
        "-- transaction: none\nCREATE INDEX CONCURRENTLY IF NOT EXISTS note_id ON note (id);",
        "-- transaction: none\nDROP INDEX CONCURRENTLY IF EXISTS note_id;",
        "SELECT 'index is not good';",
    )
    with pytest.raises(MigrationError, match=r"was taken back: .*index is not good"):
        migrate.up(empty_database_url, options)
    assert not exists(empty_database_url, "note_id")
    assert ask(empty_database_url, "SELECT version FROM schema_migration") == [("00000000000001",)]


@pytest.mark.parametrize("part", ["up", "down", "validate"])
def test_an_applied_migration_that_was_edited_is_refused(
    empty_database_url: str, write: Write, part: str
) -> None:
    options = write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    migrate.up(empty_database_url, options)
    with (options.directory / f"00000000000001_made_up.{part}.sql").open("a") as file:
        file.write("-- edited\n")
    with pytest.raises(MigrationError, match="edited after it was applied"):
        migrate.up(empty_database_url, options)
    with pytest.raises(MigrationError, match="edited after it was applied"):
        migrate.down(empty_database_url, 1, options)
    assert "edited" in verify(empty_database_url, options.directory)[0]


def test_a_migration_older_than_the_newest_applied_is_refused(
    empty_database_url: str, write: Write
) -> None:
    migrate.up(empty_database_url, write(2, "CREATE TABLE note ();", "DROP TABLE note;"))
    options = write(1, "CREATE TABLE late ();", "DROP TABLE late;")
    with pytest.raises(MigrationError, match="give it a new version"):
        migrate.up(empty_database_url, options)


def test_an_older_release_leaves_a_newer_schema_alone(
    empty_database_url: str, write: Write
) -> None:
    write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    options = write(2, "CREATE TABLE draft ();", "DROP TABLE draft;")
    migrate.up(empty_database_url, options)
    for path in options.directory.glob("00000000000002_*"):
        path.unlink()
    assert migrate.up(empty_database_url, options) == []
    assert "by a newer release" in status(empty_database_url, options.directory)[-1]
    with pytest.raises(MigrationError, match="its files are not here"):
        migrate.down(empty_database_url, 1, options)


def test_an_incomplete_or_misnamed_migration_is_refused(
    empty_database_url: str, write: Write
) -> None:
    options = write(1, "CREATE TABLE note ();", "-- nothing here")
    with pytest.raises(MigrationError, match=r"down\.sql is missing or has no statement"):
        migrate.up(empty_database_url, options)
    (options.directory / "1_note.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="expected <YYYYMMDDHHMMSS>"):
        migrate.up(empty_database_url, options)


def test_what_a_migration_makes_belongs_to_the_migrator_and_is_usable_by_the_functions(
    empty_database_url: str, write: Write
) -> None:
    migrate.up(empty_database_url, write(1, "CREATE TABLE note ();", "DROP TABLE note;"))
    owner = "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'note'"
    assert ask(empty_database_url, owner) == [("campus_migrator",)]
    with psycopg.connect(make_conninfo(empty_database_url, user="campus_app")) as connection:
        connection.execute("INSERT INTO note DEFAULT VALUES")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TRUNCATE note")


def test_functions_read_the_schema_version_and_cannot_change_history(
    empty_database_url: str, write: Write
) -> None:
    migrate.up(empty_database_url, write(7, "CREATE TABLE note ();", "DROP TABLE note;"))
    for role in ("campus_app", "campus_system", "campus_support"):
        with psycopg.connect(make_conninfo(empty_database_url, user=role)) as connection:
            query = "SELECT max(version) FROM schema_migration"
            assert connection.execute(query).fetchone() == ("00000000000007",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM schema_migration")


def test_login_roles_have_their_limits_and_no_power(empty_database_url: str, write: Write) -> None:
    migrate.up(empty_database_url, write(1, "CREATE TABLE note ();", "DROP TABLE note;"))
    with psycopg.connect(make_conninfo(empty_database_url, user="campus_app")) as connection:
        for name, value in {
            "statement_timeout": "20s",
            "lock_timeout": "5s",
            "idle_in_transaction_session_timeout": "30s",
            "TimeZone": "UTC",
        }.items():
            assert connection.execute(f"SHOW {name}").fetchone() == (value,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")
    powerful = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    assert (
        ask(
            empty_database_url,
            f"SELECT rolname FROM pg_roles WHERE rolname LIKE 'campus%' AND ({powerful})",
        )
        == []
    )


def test_verify_names_what_is_pending_invalid_or_not_validated(
    empty_database_url: str, write: Write
) -> None:
    options = write(1, "CREATE TABLE note (id int);", "DROP TABLE note;")
    migrate.up(empty_database_url, options)
    assert verify(empty_database_url, options.directory) == []
    run(
        empty_database_url,
        "INSERT INTO note VALUES (-1);"
        "ALTER TABLE note ADD CONSTRAINT positive CHECK (id > 0) NOT VALID",
    )
    write(2, "CREATE TABLE draft ();", "DROP TABLE draft;")
    assert verify(empty_database_url, options.directory) == [
        "00000000000002_made_up is pending",
        "constraint note.positive was never validated",
    ]
