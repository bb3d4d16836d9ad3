"""What lint refuses, and what it lets pass."""

import shutil
from pathlib import Path

import pytest

from infra import migrate
from infra.migrate.files import load
from infra.migrate.lint import ROOT, Findings, lint
from tests.infra.migrate.conftest import Write

CONTRACT = "-- phase: contract\n"
DROP_BODY = "ALTER TABLE note DROP COLUMN body;"
RESTORE_BODY = "ALTER TABLE note ADD COLUMN body text;"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the lint configuration and no query."""
    root = tmp_path / "repository"
    (root / "functions" / "notes").mkdir(parents=True)
    (root / "shared").mkdir()
    shutil.copy(ROOT / ".squawk.toml", root)
    return root


def _lint(options: migrate.Options, root: Path) -> Findings:
    return lint(load(options.directory), options.directory, root)


def _add_query(root: Path, text: str) -> None:
    (root / "functions" / "notes" / "queries.sql").write_text("-- name: find_notes\n" + text)


def test_the_checked_in_migrations_pass() -> None:
    assert lint(load()).faults == []


@pytest.mark.parametrize(
    "statement",
    [
        DROP_BODY,
        "DROP TABLE note;",
        "TRUNCATE note;",
        "DELETE FROM note;",
        "ALTER TABLE note RENAME COLUMN body TO text;",
        "ALTER TABLE note RENAME TO notes;",
        "ALTER TABLE note ALTER COLUMN body TYPE varchar(10);",
        "DROP VIEW active_note;",
        "DROP FUNCTION admit(text);",
        "DO $$ BEGIN IF true THEN DROP TABLE note; END IF; END $$;",
        "ALTER TABLE note ADD COLUMN title text, DROP body;",
    ],
)
def test_what_takes_something_away_needs_the_contract_phase(
    empty_database_url: str, write: Write, repository: Path, statement: str
) -> None:
    options = write(1, statement)
    refusal = "takes something away"
    assert any(refusal in fault for fault in _lint(options, repository).faults)
    with pytest.raises(migrate.MigrationError, match=refusal):
        migrate.up(empty_database_url, options)


def test_a_marked_contract_migration_passes_when_no_query_reads_the_column(
    write: Write, repository: Path
) -> None:
    _add_query(repository, "SELECT id, title FROM note WHERE user_id = %(user_id)s;")
    options = write(1, CONTRACT + DROP_BODY, RESTORE_BODY)
    assert _lint(options, repository).faults == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id, body FROM note WHERE user_id = %(user_id)s;",
        "SELECT n.BODY FROM active_note AS n;",
        "UPDATE note SET body = %(body)s;",
    ],
)
def test_a_contract_migration_is_refused_while_a_checked_in_query_reads_the_column(
    write: Write, repository: Path, query: str
) -> None:
    _add_query(repository, query)
    options = write(1, CONTRACT + DROP_BODY, RESTORE_BODY)
    assert _lint(options, repository).faults == [
        "00000000000001_made_up: `alter table note drop column body`, but "
        "functions/notes/queries.sql (find_notes) still reads it"
    ]


def test_dropping_a_table_is_refused_while_the_shared_layer_reads_it(
    write: Write, repository: Path
) -> None:
    (repository / "shared" / "outbox.sql").write_text("-- name: due\nSELECT id FROM outbox;")
    options = write(1, CONTRACT + "DROP TABLE outbox;")
    assert "shared/outbox.sql (due)" in _lint(options, repository).faults[0]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX note_body ON note (body);",
        "ALTER TABLE note ALTER COLUMN body SET NOT NULL;",
        "ALTER TABLE note ADD CONSTRAINT short CHECK (length(body) < 10);",
        "ALTER TABLE note ADD COLUMN key uuid DEFAULT gen_random_uuid();",
        "ALTER TABLE note ADD CONSTRAINT author FOREIGN KEY (user_id) REFERENCES app_user (id);",
    ],
)
def test_work_that_stops_writers_of_an_existing_table_is_refused(
    write: Write, repository: Path, statement: str
) -> None:
    options = write(1, statement)
    faults = _lint(options, repository).faults
    assert any("stops writers" in fault for fault in faults)


def test_the_same_work_on_a_table_that_the_migration_makes_passes(
    write: Write, repository: Path
) -> None:
    options = write(
        1, "CREATE TABLE note (body text NOT NULL); CREATE INDEX note_body ON note (body);"
    )
    assert _lint(options, repository).faults == []


def test_a_long_lock_is_accepted_with_a_reason(write: Write, repository: Path) -> None:
    options = write(
        1,
        "-- blocking: one row a tier\nCREATE INDEX tier_name ON tier (name);",
        "DROP INDEX tier_name;",
    )
    assert _lint(options, repository).faults == []


def test_blocks_without_a_transaction_hold_one_statement_that_can_run_again(
    write: Write, repository: Path
) -> None:
    options = write(
        1,
        "-- transaction: none\nCREATE INDEX CONCURRENTLY note_body ON note (body); ANALYZE note;",
    )
    faults = "\n".join(_lint(options, repository).faults)
    assert "2 statements in a block" in faults
    assert "cannot run a second time" in faults


def test_squawk_findings_are_reported_with_file_and_line(write: Write, repository: Path) -> None:
    options = write(1, "CREATE TABLE note (\n    title varchar(10)\n);")
    (fault,) = _lint(options, repository).faults
    assert fault.startswith("00000000000001_made_up.up.sql:2:")
    assert fault.endswith("(prefer-text-field)")
