"""Cleanup: what has outlived its purpose goes, all else stays."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.ids import uuid7
from tests.campus import Campus, User
from tests.environment import PASSWORDS

DUE = "2027-01-15T10:00:00Z"


@pytest.fixture(autouse=True)
def nothing_old(campus: Campus) -> None:
    campus.run("cleanup", "purge_trash")
    campus.deliver()


def trashed(campus: Campus, user: User, hours: float, **fields: Any) -> str:
    """An assignment with a reminder, moved to the trash some hours ago."""
    body = {"title": "Essay", "dueAt": DUE, **fields}
    made = campus.call("POST", "/v2/tasks/assignments", user, body)
    assert made.status == 201, made.text
    path = f"/v2/tasks/assignments/{made.data['id']}"
    assert campus.call("DELETE", path, user).status == 204
    age(campus, user, hours)
    return made.data["id"]


def age(campus: Campus, user: User, hours: float) -> None:
    past = datetime.now(UTC) - timedelta(hours=hours)
    for table in ("assignment", "reminder", "study_session"):
        campus.rows(
            f"""update {table} set deleted_at = %s
                 where user_id = %s and deleted_at > %s returning 1""",
            past,
            user.id,
            datetime.now(UTC) - timedelta(minutes=1),
        )


def left(campus: Campus, user: User, table: str = "assignment") -> int:
    return campus.rows(f"select count(*) from {table} where user_id = %s", user.id)[0][0]


@pytest.mark.parametrize(
    ("tier", "hours", "stays"),
    [("free", 47, 1), ("free", 49, 0), ("premium", 119, 1), ("premium", 121, 0)],
)
def test_trash_is_kept_as_long_as_the_plan_says(campus: Campus, tier: str, hours: int, stays: int):
    user = campus.user(tier=tier)
    trashed(campus, user, hours)
    campus.run("cleanup", "purge_trash")
    assert left(campus, user) == left(campus, user, "reminder") == stays


def test_what_is_not_in_the_trash_stays(campus: Campus, user: User):
    body = {"title": "Essay", "dueAt": DUE}
    campus.call("POST", "/v2/tasks/assignments", user, body)
    campus.run("cleanup", "purge_trash")
    assert (left(campus, user), left(campus, user, "reminder")) == (1, 1)


def test_what_only_refers_to_a_purged_row_stays_and_forgets_it(campus: Campus, user: User):
    made = trashed(campus, user, 50)
    campus.admin.execute(
        """insert into study_session (id, user_id, assignment_id, topic, starts_at)
           values (%s, %s, %s, 'Ada', now())""",
        (uuid7(), user.id, made),
    )
    campus.run("cleanup", "purge_trash")
    assert left(campus, user) == 0
    kept = campus.rows("select assignment_id from study_session where user_id = %s", user.id)
    assert kept == [(None,)]


def test_a_row_that_something_needs_stays_without_keeping_the_others(campus: Campus, user: User):
    needed = trashed(campus, user, 50)
    trashed(campus, user, 51)
    alive = "update reminder set deleted_at = null where assignment_id = %s returning 1"
    assert campus.rows(alive, UUID(needed))
    counts = campus.run("cleanup", "purge_trash")
    assert counts["failed"] == 1
    ids = campus.rows("select id from assignment where user_id = %s", user.id)
    assert ids == [(UUID(needed),)]
    campus.rows("delete from reminder where assignment_id = %s returning 1", UUID(needed))


def test_a_run_is_recorded_and_told(campus: Campus, user: User):
    trashed(campus, user, 50)
    counts = campus.run("cleanup", "purge_trash")
    assert (counts["scanned"], counts["deleted"], counts["failed"]) == (2, 2, 0)
    run = campus.rows(
        """select id, scanned, deleted, failed, duration_ms >= 0, finished_at is not null
             from cleanup_run where policy = 'trash' order by started_at desc, id desc limit 1"""
    )[0]
    assert run[1:] == (2, 2, 0, True, True)
    event = campus.bus.seen[-1]
    assert (event["type"], event["entity"]["id"]) == ("cleanup.completed", str(run[0]))
    assert event["data"] == {
        "cleanupId": str(run[0]),
        "policy": "trash",
        "scanned": 2,
        "deleted": 2,
        "failed": 0,
    }


def test_a_run_that_found_nothing_is_recorded_and_not_told(campus: Campus):
    seen, runs = len(campus.bus.seen), count_runs(campus)
    campus.run("cleanup", "purge_trash")
    assert count_runs(campus) == runs + 1
    assert len(campus.bus.seen) == seen


def count_runs(campus: Campus) -> int:
    return campus.rows("select count(*) from cleanup_run where policy = 'trash'")[0][0]


def fill_trash(campus: Campus, user: User, number: int) -> None:
    campus.admin.execute(
        """insert into assignment (id, user_id, title, due_at, deleted_at, deleted_by, deletion_id)
           select uuid7(), %(user)s, 'Old', now(), now() - interval '60 hours', %(user)s, uuid7()
             from generate_series(1, %(number)s)""",
        {"user": user.id, "number": number},
    )


def test_a_run_out_of_time_is_continued_by_the_next(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    fill_trash(campus, user, 1200)
    limited = {"calls": 0}

    def seconds_left(_: object) -> float:
        limited["calls"] += 1
        done = campus.rows("select count(*) from assignment where user_id = %s", user.id)[0][0]
        return 30.0 if done == 1200 else 0.0

    with monkeypatch.context() as patch:
        patch.setattr("shared.consumer.ScheduledRun.seconds_left", seconds_left)
        counts = campus.run("cleanup", "purge_trash")
    assert (counts["deleted"], counts["unfinished"]) == (500, 1)
    open_runs = campus.rows(
        "select scanned, cursor ->> 'step' from cleanup_run where finished_at is null"
    )
    assert open_runs == [(500, "assignment/free")]
    runs = count_runs(campus)
    assert campus.run("cleanup", "purge_trash")["deleted"] == 700
    assert count_runs(campus) == runs
    last = campus.rows("select deleted from cleanup_run order by started_at desc, id desc limit 1")
    assert last == [(1200,)]
    assert left(campus, user) == 0


def test_two_runs_at_once_are_impossible(campus: Campus, user: User):
    trashed(campus, user, 50)
    other = make_conninfo(campus.admin.info.dsn, user="campus_system", password=PASSWORDS["system"])
    with psycopg.connect(other, autocommit=True) as held:
        held.execute("select pg_advisory_lock(hashtextextended('cleanup trash', 0))")
        assert campus.run("cleanup", "purge_trash") == {
            "schedule": "purge_trash",
            "held_by_another_run": 1,
        }
        assert left(campus, user) == 1
        # Closing does not wait for the server, which lets go of the lock when it notices.
        held.execute("select pg_advisory_unlock_all()")
    campus.run("cleanup", "purge_trash")
    assert left(campus, user) == 0


def test_children_go_before_what_they_hang_on(campus: Campus):
    from functions.cleanup.subscribers import sql

    rows = campus.admin.execute(sql.trash_steps.text, {"policy": "trash"}).fetchall()
    order = list(dict.fromkeys(row[0] for row in rows))
    for child, parent in campus.rows("select child_table, parent_table from deletion_policy"):
        assert child == parent or order.index(child) < order.index(parent)
    assert ("course", "free", 48) in rows
    assert ("course", "premium", 120) in rows


def test_expired_keys_counters_nonces_and_inbox_rows_go(campus: Campus, user: User):
    key = uuid7()
    campus.admin.execute(
        """insert into idempotency_key (user_id, key, request_hash, expires_at)
           values (%(u)s, 'old', '', now() - interval '1 hour'),
                  (%(u)s, 'new', '', now() + interval '1 hour')""",
        {"u": user.id},
    )
    campus.admin.execute(
        """insert into rate_limit (key, minute, current, violated_at)
           values ('t:old', 1, 1, null), ('t:faded', 1, 1, now() - interval '25 hours'),
                  ('t:violated', 1, 1, now() - interval '23 hours'),
                  ('t:new', floor(extract(epoch from now()) / 60), 1, null)"""
    )
    campus.admin.execute(
        """insert into used_nonce values (%(k)s, 'old-nonce', now() - interval '2 hours'),
                                         (%(k)s, 'new-nonce', now())""",
        {"k": key},
    )
    campus.admin.execute(
        """insert into inbox values ('old', %(k)s, now() - interval '31 days'),
                                    ('new', %(k)s, now() - interval '29 days')""",
        {"k": key},
    )
    for schedule in ("purge_idempotency_keys", "purge_rate_limits", "purge_inbox"):
        campus.run("cleanup", schedule)
    assert campus.rows("select key from idempotency_key where user_id = %s", user.id) == [("new",)]
    assert campus.rows("select key from rate_limit where key like 't:%%' order by 1") == [
        ("t:new",),
        ("t:violated",),
    ]
    assert campus.rows("select nonce from used_nonce where api_key_id = %s", key) == [
        ("new-nonce",)
    ]
    assert campus.rows("select subscriber from inbox where event_id = %s", key) == [("new",)]


def test_the_partitions_of_the_coming_year_are_there(campus: Campus):
    campus.admin.execute("drop table event_2027_10")
    assert campus.run("cleanup", "ensure_event_partitions") == {
        "schedule": "ensure_event_partitions",
        "made": 1,
    }
    assert campus.rows("select to_regclass('event_2027_10') is not null") == [(True,)]


def test_every_policy_has_its_statement(campus: Campus):
    from functions.cleanup.runs import sql

    tables = {
        row[0]
        for row in campus.rows("select table_name from retention_policy where name <> 'trash'")
    }
    assert {f"purge_{table}" for table in tables} <= {statement.name for statement in sql}
