"""The procedures of the first migration, as the roles experience them."""

import uuid

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.infra.migrate.database import ask, run

NOTE = """
SET ROLE campus_migrator;
CREATE TABLE note (id int, user_id uuid, made_at timestamptz, seen_at timestamptz);
CALL protect('note');
"""
ANN, BEN = uuid.UUID(int=1), uuid.UUID(int=2)
ROW = "INSERT INTO note (id, user_id) VALUES (%s, %s)"


@pytest.fixture
def url(fresh_database_url: str) -> str:
    run(fresh_database_url, NOTE)
    return fresh_database_url


def _connect(url: str, role: str, user: uuid.UUID | None = None) -> psycopg.Connection:
    connection = psycopg.connect(make_conninfo(url, user=role, password=f"campus-test-{role[7:]}"))
    if user:
        connection.execute("SELECT set_config('app.user_id', %s, true)", [str(user)])
    return connection


@pytest.fixture
def filled_url(url: str) -> str:
    with _connect(url, "campus_system") as connection:
        connection.execute(ROW, [1, ANN])
        connection.execute(ROW, [2, BEN])
    return url


def test_the_application_sees_the_rows_of_its_user_only(filled_url: str) -> None:
    with _connect(filled_url, "campus_app", ANN) as connection:
        assert connection.execute("SELECT id FROM note").fetchall() == [(1,)]
        assert connection.execute("UPDATE note SET id = id").rowcount == 1
        assert connection.execute("DELETE FROM note").rowcount == 1


def test_without_a_user_the_application_sees_nothing(filled_url: str) -> None:
    with _connect(filled_url, "campus_app") as connection:
        assert connection.execute("SELECT id FROM note").fetchall() == []
        connection.execute("SELECT set_config('app.user_id', '', true)")
        assert connection.execute("SELECT id FROM note").fetchall() == []


def test_the_application_cannot_write_or_give_away_a_row_for_somebody_else(
    filled_url: str,
) -> None:
    for statement in (
        f"INSERT INTO note VALUES (3, '{BEN}')",
        f"UPDATE note SET user_id = '{BEN}'",
    ):
        with (
            _connect(filled_url, "campus_app", ANN) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        ):
            connection.execute(statement)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("role", ["campus_system", "campus_support"])
def test_system_and_support_see_all_rows(filled_url: str, role: str) -> None:
    with _connect(filled_url, role) as connection:
        assert connection.execute("SELECT id FROM note ORDER BY id").fetchall() == [(1,), (2,)]


def test_row_security_binds_the_owner_of_the_table_as_well(filled_url: str) -> None:
    assert ask(
        filled_url,
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'note'",
    ) == [(True, True)]
    assert ask(
        filled_url, "SELECT polname FROM pg_policy WHERE polrelid = 'note'::regclass ORDER BY 1"
    ) == [(f"note_campus_{role}",) for role in ("app", "definer", "migrator", "support", "system")]


def test_protecting_twice_with_another_owner_column_replaces_the_policy(url: str) -> None:
    run(
        url,
        "SET ROLE campus_migrator; ALTER TABLE note ADD COLUMN owner_id uuid;"
        "CALL protect('note', 'owner_id')",
    )
    with _connect(url, "campus_app", ANN) as connection:
        connection.execute("INSERT INTO note (id, owner_id) VALUES (1, %s)", [ANN])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(ROW, [2, ANN])


@pytest.mark.parametrize("time", ["1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "infinity"])
def test_times_that_no_client_can_read_are_refused(url: str, time: str) -> None:
    run(url, "SET ROLE campus_migrator; CALL bound_times('note'); CALL bound_times('note')")
    with (
        _connect(url, "campus_system") as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="note_seen_at_bounded"),
    ):
        connection.execute("INSERT INTO note (seen_at) VALUES (%s)", [time])


def test_a_definer_function_sees_all_rows_and_only_named_roles_may_run_it(
    filled_url: str,
) -> None:
    run(
        filled_url,
        "SET ROLE campus_migrator;"
        "CREATE FUNCTION count_notes() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM note';"
        "CALL run_as_definer('count_notes()', 'campus_app')",
    )
    with _connect(filled_url, "campus_app", ANN) as connection:
        assert connection.execute("SELECT count_notes()").fetchone() == (2,)
    with (
        _connect(filled_url, "campus_support") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT count_notes()")
    assert ask(
        filled_url, "SELECT proconfig, prosecdef FROM pg_proc WHERE proname = 'count_notes'"
    ) == [(["search_path=public, pg_temp"], True)]
