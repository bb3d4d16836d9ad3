"""What a flush sends and gets, as far as psycopg's cursors do not say it any more."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from shared.database import Database, run_unit
from shared.wire import _MOST_PREPARED

PREPARED = "select count(*) from pg_prepared_statements where not from_sql"


@pytest.fixture
def held() -> Iterator[Database]:
    database = Database("app")
    database.connect()
    yield database
    database.drop()


def test_results_come_in_the_order_of_their_commands(held: Database):
    results = held.flush(
        ("begin", None),
        ("select %(a)s::int as one, %(b)s as two, %(a)s::int + 1 as three", {"a": 1, "b": "x"}),
        ("select 7 where false", None),
        ("commit", None),
    )
    assert results[1].columns == ["one", "two", "three"]
    assert [result.rows for result in results] == [[], [(1, "x", 2)], [], []]


def test_a_percent_sign_is_doubled_where_there_are_parameters_only(held: Database):
    assert held.flush(("select '%%' || %(a)s::text", {"a": "a"}))[0].rows == [("%a",)]
    assert held.flush(("select '%' || 'a'", None))[0].rows == [("%a",)]


def test_a_statement_is_prepared_once_for_each_kind_of_parameters(held: Database):
    before = held.flush((PREPARED, None))[0].rows[0][0]
    for value in (1, 2, 3, "a", "b"):
        held.flush(("select %(a)s", {"a": value}), ("select %(a)s", {"a": value}))
    assert held.flush((PREPARED, None))[0].rows[0][0] == before + 2


def test_a_connection_keeps_no_more_statements_than_agreed(held: Database):
    for number in range(_MOST_PREPARED + 20):
        assert held.flush((f"select {number}", None))[0].rows == [(number,)]
    assert held.flush((PREPARED, None))[0].rows == [(_MOST_PREPARED,)]


def test_the_first_failure_is_told_and_the_connection_goes_on(held: Database):
    with pytest.raises(psycopg.errors.DivisionByZero):
        held.flush(("begin", None), ("select 1 / 0", None), ("selct", None), ("commit", None))
    held.rollback()
    assert held.flush(("select 1 / %(a)s", {"a": 1}))[0].rows == [(1,)]


def test_a_statement_that_an_earlier_failure_kept_from_being_prepared_is_prepared_later(
    held: Database,
):
    with pytest.raises(psycopg.errors.DivisionByZero):
        held.flush(("select 1 / 0", None), ("select 'later'", None))
    held.rollback()
    assert held.flush(("select 'later'", None))[0].rows == [("later",)]


def test_what_cannot_be_a_parameter_is_refused_before_anything_is_sent(held: Database):
    with pytest.raises(psycopg.DataError):
        held.flush(("select 1", None), ("select %(a)s", {"a": "\0"}))
    assert held.flush(("select 2", None))[0].rows == [(2,)]


def test_more_goes_both_ways_than_buffers_hold(held: Database):
    much = "x" * 10_000_000
    commands = [("select %(text)s, repeat('y', 3000000)", {"text": much})] * 3
    for result in held.flush(*commands):
        assert [len(text) for text in result.rows[0]] == [10_000_000, 3_000_000]


def test_a_server_that_ends_the_session_says_why(held: Database):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s)", [held.backend_pid])
    with pytest.raises(psycopg.errors.AdminShutdown):
        held.flush(("begin", None), ("select 1", None))
    assert held.hung_up
    assert held.begin(("select 1", None))[0].rows == [(1,)]


def test_a_result_that_a_migration_has_changed_is_asked_for_again(
    held: Database, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", fresh_database_url)
    held.drop()
    command = ("select * from app_user where id = %(id)s", {"id": None})

    def columns(_: int) -> list[str]:
        return held.begin(command)[0].columns

    def run() -> list[str]:
        return run_unit(held, columns, seconds_left=lambda: 25.0, repeat_commit=True)

    before = run()
    with psycopg.connect(fresh_database_url, autocommit=True) as admin:
        admin.execute("alter table app_user add column planet text")
    assert run() == [*before, "planet"]
