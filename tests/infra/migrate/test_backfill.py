"""Backfills go on where they stopped, and give way."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from infra import migrate
from infra.migrate import MigrationError, backfill
from infra.migrate.backfill import Pace
from tests.infra.migrate.conftest import Write
from tests.infra.migrate.database import ask, run

ROWS = 500
COUNT_ONE_MORE = """
WITH batch AS (
    SELECT id FROM note
    WHERE id > coalesce(nullif(%(after)s, '')::int, 0)
    ORDER BY id
    LIMIT %(limit)s
), changed AS (
    UPDATE note SET touched = touched + 1 FROM batch WHERE note.id = batch.id
)
SELECT max(id)::text, count(*) FROM batch
"""
RUNNER = """
import sys
from pathlib import Path
from infra.migrate import backfill
backfill.run(sys.argv[1], "touch", backfill.Pace(batch=5, rest=0.01), directory=Path(sys.argv[2]))
"""
HERE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
QUICK = Pace(batch=100, rest=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "touch.sql").write_text(COUNT_ONE_MORE)
    return tmp_path


@pytest.fixture
def url(empty_database_url: str, write: Write) -> str:
    table = "CREATE TABLE note (id int PRIMARY KEY, touched int NOT NULL DEFAULT 0);"
    migrate.up(empty_database_url, write(1, table, "DROP TABLE note;"))
    run(empty_database_url, f"INSERT INTO note SELECT generate_series(1, {ROWS})")
    return empty_database_url


def _touched(url: str) -> list[tuple[int, int]]:
    return ask(url, "SELECT touched, count(*) FROM note GROUP BY 1 ORDER BY 1")


def test_all_rows_are_changed_in_batches_and_progress_is_reported(url: str, folder: Path) -> None:
    seen: list[int] = []
    end = backfill.run(url, "touch", QUICK, lambda reached: seen.append(reached.rows_done), folder)
    assert (end.state, end.rows_done, end.position) == ("done", ROWS, str(ROWS))
    assert seen == [0, 100, 200, 300, 400, 500, 500]
    assert _touched(url) == [(1, ROWS)]


def test_a_finished_backfill_does_nothing_when_run_again(url: str, folder: Path) -> None:
    backfill.run(url, "touch", QUICK, directory=folder)
    assert backfill.run(url, "touch", QUICK, directory=folder).rows_done == ROWS
    assert _touched(url) == [(1, ROWS)]


def test_killed_and_run_again_it_changes_each_row_once(url: str, folder: Path) -> None:
    for _ in range(3):
        before = ask(url, "SELECT coalesce(sum(touched), 0) FROM note")[0][0]
        process = subprocess.Popen([sys.executable, "-c", RUNNER, url, str(folder)])
        _await(url, f"(SELECT sum(touched) > {before} + 10 FROM note)")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        _await(url, f"NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND {HERE})")
    assert ask(url, "SELECT state FROM schema_backfill") == [("running",)]
    assert backfill.run(url, "touch", QUICK, directory=folder).rows_done == ROWS
    assert _touched(url) == [(1, ROWS)]


def test_a_paused_backfill_stops_and_resumes_where_it_was(url: str, folder: Path) -> None:
    def pause_at_200(reached: backfill.Progress) -> None:
        if reached.rows_done == 200 and reached.state == "running":
            backfill.pause(url, "touch")

    stopped = backfill.run(url, "touch", QUICK, pause_at_200, folder)
    assert (stopped.state, stopped.rows_done) == ("paused", 300)
    assert backfill.run(url, "touch", QUICK, directory=folder).rows_done == ROWS
    assert _touched(url) == [(1, ROWS)]


def test_a_long_lock_queue_makes_it_give_up_until_it_is_run_again(url: str, folder: Path) -> None:
    impatient = replace(QUICK, queue_limit=0, patience=0.3)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE")
        waiting = pool.submit(ask, url, "SELECT count(*) FROM note")
        _await(url, f"EXISTS (SELECT FROM pg_locks WHERE NOT granted AND {HERE})")
        with pytest.raises(MigrationError, match="many sessions wait"):
            backfill.run(url, "touch", impatient, directory=folder)
        holder.rollback()
        waiting.result(timeout=20)
    assert ask(url, "SELECT state FROM schema_backfill") == [("aborted",)]
    assert backfill.run(url, "touch", QUICK, directory=folder).rows_done == ROWS


def test_a_lock_that_does_not_come_free_makes_it_give_up(url: str, folder: Path) -> None:
    with psycopg.connect(url) as holder:
        holder.execute("SELECT FROM note FOR UPDATE")
        with pytest.raises(MigrationError, match="lock timeout"):
            backfill.run(url, "touch", replace(QUICK, patience=0.3), directory=folder)
    assert ask(url, "SELECT state, rows_done FROM schema_backfill") == [("aborted", 0)]


def test_two_runners_of_one_backfill_do_not_meet(url: str, folder: Path) -> None:
    def run_second(_: backfill.Progress) -> None:
        with pytest.raises(MigrationError, match="runs already"):
            backfill.run(url, "touch", QUICK, directory=folder)

    assert backfill.run(url, "touch", QUICK, run_second, folder).rows_done == ROWS


@pytest.mark.parametrize("name", ["missing", "../touch", "/etc/passwd"])
def test_a_backfill_that_is_not_checked_in_is_refused(url: str, folder: Path, name: str) -> None:
    with pytest.raises(MigrationError, match="there is no backfill"):
        backfill.run(url, name, QUICK, directory=folder / "deeper" if ".." in name else folder)


def _await(url: str, condition: str) -> None:
    for _ in range(1200):
        if ask(url, f"SELECT {condition}") == [(True,)]:
            return
        time.sleep(0.05)
    pytest.fail(f"never came true: {condition}")
