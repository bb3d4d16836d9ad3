"""rate() and cron() mean what EventBridge Scheduler means by them."""

from datetime import UTC, datetime

import pytest

from infra.local.schedules import ScheduleError, next_run

SATURDAY = datetime(2026, 11, 21, 5, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minute)", "2026-11-21T05:17:00"),
        ("rate(5 minutes)", "2026-11-21T05:20:00"),
        ("rate(1 hour)", "2026-11-21T06:00:00"),
        ("rate(1 day)", "2026-11-22T00:00:00"),
        ("cron(0 2 * * ? *)", "2026-11-22T02:00:00"),
        ("cron(0/15 * * * ? *)", "2026-11-21T05:30:00"),
        ("cron(0 9 ? * MON-FRI *)", "2026-11-23T09:00:00"),
        ("cron(0 9 ? * 1 *)", "2026-11-22T09:00:00"),
        ("cron(30 8,20 1 JAN ? 2027)", "2027-01-01T08:30:00"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00"),
    ],
)
def test_the_next_run_is_the_first_one_after_now(expression: str, expected: str) -> None:
    found = next_run(expression, SATURDAY)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_run_that_is_due_now_counts_as_done() -> None:
    due = next_run("cron(0 2 * * ? *)", datetime(2026, 11, 21, 2, tzinfo=UTC))
    assert due == datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_a_time_zone_moves_the_run_with_daylight_saving() -> None:
    summer = next_run("cron(0 9 * * ? *)", datetime(2026, 7, 1, tzinfo=UTC), "Europe/Berlin")
    winter = next_run("cron(0 9 * * ? *)", datetime(2026, 12, 1, tzinfo=UTC), "Europe/Berlin")
    assert (summer, winter) == (
        datetime(2026, 7, 1, 7, tzinfo=UTC),
        datetime(2026, 12, 1, 8, tzinfo=UTC),
    )


def test_a_time_that_the_clock_skips_is_skipped() -> None:
    night = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert next_run("cron(30 2 * * ? *)", night, "Europe/Berlin") == datetime(
        2026, 3, 30, 0, 30, tzinfo=UTC
    )


def test_a_date_that_never_comes_has_no_run() -> None:
    assert next_run("cron(0 0 31 2 ? *)", SATURDAY) is None


@pytest.mark.parametrize(
    "expression",
    ["rate(1 week)", "at(2026-01-01T00:00:00)", "cron(0 2 L * ? *)", "cron(61 * * * ? *)"],
)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleError):
        next_run(expression, SATURDAY)
