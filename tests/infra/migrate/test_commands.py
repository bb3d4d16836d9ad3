"""The command line, and the function that the pipeline calls."""

from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from infra.migrate import MigrationError, files
from infra.migrate.__main__ import main
from infra.migrate.handler import handle
from infra.migrate.report import is_destructive
from tests.environment import PASSWORDS
from tests.infra.migrate.database import ask, exists

CONTEXT = SimpleNamespace(
    invoked_function_arn="arn:aws:lambda:eu-central-1:1:function:migrate",
    get_remaining_time_in_millis=lambda: 300_000,
)


@pytest.fixture
def url(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    return empty_database_url


def test_status_up_verify_and_down_from_the_command_line(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 0
    assert "20261121000000_roles_and_conventions  pending" in capsys.readouterr().out
    assert main(["up"]) == 0
    assert "applied 20261121000000_roles_and_conventions" in capsys.readouterr().out
    assert main(["verify", "--without-round-trip"]) == 0
    assert main(["down", "100"]) == 0
    assert "took back 20261121000000_roles_and_conventions" in capsys.readouterr().out
    assert not exists(url, "app_user")
    assert main(["verify", "--without-round-trip"]) == 1
    assert "is pending" in capsys.readouterr().out


def to_the_newest_loss() -> int:
    """How many migrations are to be taken back until one of them destroys something."""
    newest_first = reversed(files.load())
    return 1 + next(n for n, m in enumerate(newest_first) if is_destructive(m.down.text))


def test_beyond_the_local_stage_down_asks_for_a_restore_point(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["up"])
    monkeypatch.setenv("CAMPUS_STAGE", "prod")
    assert main(["down", str(to_the_newest_loss())]) == 1
    assert "no restore point" in capsys.readouterr().err
    assert main(["restore-point", "--snapshot", "snapshot-1"]) == 0
    assert main(["down"]) == 0


def test_without_a_database_the_error_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert main(["up"]) == 1
    assert capsys.readouterr().err == "migrate: set DATABASE_URL (`make up` prints it)\n"


def test_new_writes_three_files_that_wait_to_be_filled(tmp_path: Path) -> None:
    paths = files.create("add_note", tmp_path)
    assert [path.name[14:] for path in paths] == [
        "_add_note.up.sql",
        "_add_note.down.sql",
        "_add_note.validate.sql",
    ]
    with pytest.raises(MigrationError, match="has no statement"):
        files.load(tmp_path)


@pytest.mark.parametrize("name", ["", "Add Note", "../note", "1_note", "note.up"])
def test_new_refuses_a_name_that_is_no_identifier(tmp_path: Path, name: str) -> None:
    with pytest.raises(MigrationError, match="lower-case"):
        files.create(name, tmp_path)


def test_the_function_migrates_sets_passwords_and_notes_who_asked(url: str) -> None:
    answer = handle({"command": "up", "by": "release 7"}, CONTEXT)
    assert answer["ok"]
    assert answer["lines"][0] == "20261121000000_roles_and_conventions"
    assert ask(url, "SELECT DISTINCT applied_by FROM schema_migration") == [
        ("release 7 as postgres",)
    ]
    with psycopg.connect(url) as connection:
        stored = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'campus_app'"
        ).fetchone()
    assert stored
    assert stored[0].startswith("SCRAM-SHA-256$")
    assert PASSWORDS["app"] not in stored[0]


def test_the_function_reports_faults_of_verify(url: str) -> None:
    answer = handle({"command": "verify"}, CONTEXT)
    assert not answer["ok"]
    assert "20261121000000_roles_and_conventions is pending" in answer["lines"]
    handle({"command": "up"}, CONTEXT)
    assert handle({"command": "verify"}, CONTEXT) == {"lines": [], "ok": True}


def test_the_function_takes_nothing_back_without_a_restore_point(url: str) -> None:
    handle({"command": "up"}, CONTEXT)
    with pytest.raises(MigrationError, match="no restore point"):
        handle({"command": "down", "count": to_the_newest_loss()}, CONTEXT)
    handle({"command": "restore-point", "snapshot": "snapshot-1"}, CONTEXT)
    (label,) = handle({"command": "down"}, CONTEXT)["lines"]
    assert f"{label}  pending" in handle({"command": "status"}, CONTEXT)["lines"]


def test_the_function_refuses_an_unknown_command(url: str) -> None:
    with pytest.raises(MigrationError, match="there are up, down, status, verify"):
        handle({"command": "drop everything"}, CONTEXT)
