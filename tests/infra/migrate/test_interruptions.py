"""Runners that meet, and runners that are killed."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from infra import migrate
from infra.migrate import Options
from tests.infra.migrate.conftest import Write
from tests.infra.migrate.database import ask, exists, run

RUNNER = """
import sys
from pathlib import Path
from infra import migrate
migrate.up(sys.argv[1], migrate.Options(directory=Path(sys.argv[2])))
"""
INDEX = "-- transaction: none\nCREATE INDEX CONCURRENTLY IF NOT EXISTS note_id ON note (id);"
NO_INDEX = "-- transaction: none\nDROP INDEX CONCURRENTLY IF EXISTS note_id;"


def _start_runner(url: str, options: Options) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUNNER, url, str(options.directory)])


def _await(url: str, condition: str) -> None:
    for _ in range(1200):
        if ask(url, f"SELECT {condition}") == [(True,)]:
            return
        time.sleep(0.05)
    pytest.fail(f"never came true: {condition}")


def _activity(pattern: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        f" AND application_name = 'campus migrate' AND query LIKE '{pattern}')"
    )


def test_of_two_runners_one_applies_and_the_other_waits_and_finds_nothing(
    empty_database_url: str, write: Write
) -> None:
    options = write(1, "CREATE TABLE note (); SELECT pg_sleep(0.5);", "DROP TABLE note;")
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(migrate.up, empty_database_url, options) for _ in range(4)]
        results = [future.result(timeout=60) for future in futures]
    assert sorted(results) == [[], [], [], ["00000000000001_made_up"]]


def test_a_waiting_runner_does_not_hold_up_an_index_built_concurrently(
    empty_database_url: str, write: Write
) -> None:
    write(1, "CREATE TABLE note AS SELECT generate_series(1, 50000) AS id;", "DROP TABLE note;")
    options = write(2, INDEX, NO_INDEX)
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(migrate.up, empty_database_url, options) for _ in range(2)]
        results = [future.result(timeout=60) for future in futures]
    assert [] in results
    assert exists(empty_database_url, "note_id")


def test_a_runner_killed_in_a_migration_leaves_nothing_and_the_next_one_succeeds(
    empty_database_url: str, write: Write
) -> None:
    options = write(1, "CREATE TABLE note (); SELECT pg_sleep(60);", "DROP TABLE note;")
    runner = _start_runner(empty_database_url, options)
    _await(empty_database_url, _activity("%pg_sleep%"))
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    write(1, "CREATE TABLE note ();", "DROP TABLE note;")
    assert migrate.up(empty_database_url, options) == ["00000000000001_made_up"]


def test_a_runner_killed_while_it_builds_an_index_is_followed_by_one_that_builds_it_anew(
    empty_database_url: str, write: Write
) -> None:
    migrate.up(empty_database_url, write(1, "CREATE TABLE note (id int);", "DROP TABLE note;"))
    options = write(2, INDEX, NO_INDEX)
    with psycopg.connect(empty_database_url) as reader:
        reader.execute("INSERT INTO note VALUES (1)")  # an open transaction, which the build awaits
        runner = _start_runner(empty_database_url, options)
        _await(empty_database_url, "EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)")
        os.kill(runner.pid, signal.SIGKILL)
        runner.wait()
        _await(empty_database_url, "NOT " + _activity("%CONCURRENTLY%"))
    assert ask(empty_database_url, "SELECT FROM pg_index WHERE NOT indisvalid") == [()]
    assert migrate.up(empty_database_url, options) == ["00000000000002_made_up"]
    assert ask(
        empty_database_url,
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'note_id'::regclass",
    ) == [(True,)]


def test_a_failed_unique_index_is_removed_and_built_once_the_data_allows_it(
    empty_database_url: str, write: Write
) -> None:
    migrate.up(empty_database_url, write(1, "CREATE TABLE note (id int);", "DROP TABLE note;"))
    run(empty_database_url, "INSERT INTO note VALUES (1), (1)")
    options = write(2, INDEX.replace("INDEX C", "UNIQUE INDEX C"), NO_INDEX)
    with pytest.raises(migrate.MigrationError, match="duplicated"):
        migrate.up(empty_database_url, options)
    assert ask(empty_database_url, "SELECT FROM pg_index WHERE NOT indisvalid") == []
    run(empty_database_url, "DELETE FROM note")
    assert migrate.up(empty_database_url, options) == ["00000000000002_made_up"]


def test_a_runner_killed_between_two_blocks_is_followed_by_one_that_completes_them(
    empty_database_url: str, write: Write
) -> None:
    blocks = "-- transaction: none\nCREATE TABLE IF NOT EXISTS note ();\n-- statement\n"
    options = write(1, blocks + "SELECT pg_sleep(60);", "DROP TABLE IF EXISTS note;")
    runner = _start_runner(empty_database_url, options)
    _await(empty_database_url, _activity("%pg_sleep%"))
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    assert exists(empty_database_url, "note")
    assert ask(empty_database_url, "SELECT FROM schema_migration") == []
    write(1, blocks + "SELECT 1;", "DROP TABLE IF EXISTS note;")
    assert migrate.up(empty_database_url, options) == ["00000000000001_made_up"]
