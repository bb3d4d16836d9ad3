"""A migration that must wait for a lock does not make readers wait."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from infra import migrate
from tests.infra.migrate.conftest import Write
from tests.infra.migrate.database import ask

ADD_COLUMN = ("ALTER TABLE note ADD COLUMN body text;", "ALTER TABLE note DROP COLUMN body;")
WAITING = (
    "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE NOT granted AND mode = 'AccessExclusiveLock' AND datname = current_database())"
)


@pytest.fixture
def note_url(empty_database_url: str, write: Write) -> str:
    migrate.up(empty_database_url, write(1, "CREATE TABLE note (id int);", "DROP TABLE note;"))
    return empty_database_url


def test_behind_an_open_transaction_it_tries_again_and_other_readers_go_on(
    note_url: str, write: Write
) -> None:
    options = write(2, *ADD_COLUMN)
    reads: list[float] = []
    done = threading.Event()

    def read_on() -> None:
        with psycopg.connect(note_url, autocommit=True) as reader:
            while not done.is_set():
                reader.execute("SELECT FROM note")
                reads.append(time.monotonic())

    with ThreadPoolExecutor(2) as pool, psycopg.connect(note_url) as holder:
        holder.execute("SELECT FROM note")
        reading = pool.submit(read_on)
        migrating = pool.submit(migrate.up, note_url, options)
        # Without a lock timeout, whoever reads next would wait as long as the holder's transaction.
        for _ in range(3):
            _await(lambda: ask(note_url, WAITING) == [(True,)])
            before = len(reads)
            _await(lambda before=before: len(reads) > before + 1)
        assert not migrating.done()
        holder.commit()
        assert migrating.result(timeout=60) == ["00000000000002_made_up"]
        done.set()
        reading.result(timeout=60)


def _await(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.005)


def test_when_the_lock_never_comes_free_it_gives_up_and_leaves_nothing(
    note_url: str, write: Write
) -> None:
    options = migrate.Options(directory=write(2, *ADD_COLUMN).directory, patience=0.5)
    with psycopg.connect(note_url) as holder:
        holder.execute("SELECT FROM note")
        with pytest.raises(migrate.MigrationError, match="lock timeout"):
            migrate.up(note_url, options)
    columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'note'::regclass AND attnum > 0"
    assert ask(note_url, columns) == [("id",)]
    assert migrate.up(note_url, options) == ["00000000000002_made_up"]


def test_a_concurrent_index_waits_out_a_long_transaction_instead_of_being_built_again(
    note_url: str, write: Write
) -> None:
    options = write(
        2,
        "-- transaction: none\nCREATE INDEX CONCURRENTLY IF NOT EXISTS note_id ON note (id);",
        "-- transaction: none\nDROP INDEX CONCURRENTLY IF EXISTS note_id;",
    )
    begun = "SELECT to_regclass('note_id')::oid"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(note_url) as holder:
        holder.execute("INSERT INTO note VALUES (1)")
        migrating = pool.submit(migrate.up, note_url, options)
        while ask(note_url, begun) == [(None,)]:
            time.sleep(0.02)
        first = ask(note_url, begun)
        time.sleep(0.5)
        assert not migrating.done()
        holder.commit()
        assert migrating.result(timeout=60) == ["00000000000002_made_up"]
    assert ask(note_url, begun) == first


def test_without_a_transaction_a_long_lock_is_tried_for_again_as_well(
    note_url: str, write: Write
) -> None:
    options = write(
        2,
        "-- transaction: none\nALTER TABLE note ADD COLUMN IF NOT EXISTS body text;",
        "-- transaction: none\nSELECT 1;",
    )
    with ThreadPoolExecutor(1) as pool, psycopg.connect(note_url) as holder:
        holder.execute("SELECT FROM note")
        migrating = pool.submit(migrate.up, note_url, options)
        time.sleep(0.5)
        assert not migrating.done()
        holder.commit()
        assert migrating.result(timeout=60) == ["00000000000002_made_up"]
