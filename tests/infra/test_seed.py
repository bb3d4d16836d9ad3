"""The demo data: a term that fits together, whatever day it is loaded on."""

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest

from infra.local.demo import EMAIL
from infra.local.seed import ADMIN_EMAIL, load, seed

TODAY = date.today()
DAYS = [TODAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 5, 6)]


@pytest.fixture
def connection(fresh_database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(fresh_database_url, autocommit=True) as opened:
        yield opened


def count(connection: psycopg.Connection, text: str) -> int:
    row = connection.execute(f"select count(*) from {text}").fetchone()  # pyright: ignore
    assert row
    return row[0]


@pytest.mark.parametrize("today", DAYS, ids=lambda day: day.strftime("%A"))
def test_every_weekday_gives_a_whole_term(
    fresh_database_url: str, connection: psycopg.Connection, today: date
):
    assert load(fresh_database_url, today)
    assert count(connection, "course") == 4
    assert count(connection, "assignment") == 40
    assert count(connection, "lecture where recurrence like 'FREQ=WEEKLY%'") == 7
    assert count(connection, "study_session where status = 'finished'") == 21
    assert count(connection, "lesson") == 6
    assert count(connection, "progress_record where completed_at is not null") == 2
    assert count(connection, "flashcard where state = 'new' and due_at <= now()") == 6
    for status in ("graded", "submitted", "in_progress", "todo", "excused"):
        assert count(connection, f"assignment where status = '{status}'") > 0, status
    assert count(connection, "assignment where status = 'todo' and due_at < now()") >= 1
    assert count(connection, "assignment where completed_at > due_at") == 1
    assert count(connection, "assignment where completed_at <= created_at") == 0
    streak = connection.execute("select current_days, longest_days from streak").fetchone()
    assert streak
    assert streak[0] >= 5
    assert streak[1] >= 9


def test_loading_again_changes_nothing(fresh_database_url: str, connection: psycopg.Connection):
    seed(fresh_database_url)
    seed(fresh_database_url)
    assert load(fresh_database_url, TODAY + timedelta(days=30)) is False
    assert count(connection, "course") == 4
    assert count(connection, "app_user") == 2


def test_a_student_who_signed_up_before_gets_the_data(
    fresh_database_url: str, connection: psycopg.Connection
):
    connection.execute(
        "select provision_user(uuid7(), 'issuer', 'subject', %s, 'Demo', 'Student')", [EMAIL]
    )
    seed(fresh_database_url)
    owners = "course as c join identity as i on i.user_id = c.user_id where i.subject = 'subject'"
    assert count(connection, owners) == 4


def test_the_student_has_room_left_and_the_administrator_is_one(
    fresh_database_url: str, connection: psycopg.Connection
):
    seed(fresh_database_url)
    people = connection.execute(
        "select email, role, subscription_tier from app_user order by email"
    ).fetchall()
    assert people == [(ADMIN_EMAIL, "admin", "free"), (EMAIL, "user", "premium")]
    used = connection.execute(
        "select used from app_user, task_allowance(id) where email = %s", [EMAIL]
    ).fetchone()
    assert used
    assert used[0] <= 60


def test_nobody_is_reminded_of_the_past(fresh_database_url: str, connection: psycopg.Connection):
    seed(fresh_database_url)
    assert count(connection, "reminder where remind_at <= now()") == 0
    assert count(connection, "reminder where lecture_id is not null") > 40
    assert count(connection, "reminder where assignment_id is not null") > 10
    assert count(connection, "reminder where study_session_id is not null") == 5
