"""What series come to, kept as rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings

from functions.tasks.expansion import HORIZON, series
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.tasks.planning import SOON, create, reminders
from tests.functions.tasks.recurring import NIGHTS, ZONES, rules

LOCAL = SOON.replace(tzinfo=None)


def rows(campus: Campus, item: str) -> list[Any]:
    """The local times of an item's live occurrences."""
    found = campus.rows(
        "select recurrence_id from occurrence where deleted_at is null"
        " and coalesce(lecture_id, assignment_id) = %s order by 1",
        item,
    )
    return [row[0] for row in found]


@settings(max_examples=25, deadline=None)
@given(rule=rules(), start=NIGHTS, zone=ZONES)
def test_rows_are_the_series_within_its_window(
    campus: Campus, rule: str, start: datetime, zone: str
):
    user, item = campus.user(), uuid7()
    with campus.admin.transaction():
        campus.admin.execute(
            "insert into lecture (id, user_id, course_id, title, start_local, timezone, starts_at,"
            " duration_minutes, recurrence) values (%s, %s, %s, 'Logic', %s, %s, now(), 60, %s)",
            (item, user.id, uuid7(), start, zone, rule),
        )
        campus.admin.execute("select plan_item('lecture', %s, %s)", (item, user.id))
    today = datetime.now(UTC).replace(tzinfo=None)
    since, until = today - HORIZON + timedelta(days=2), today + HORIZON - timedelta(days=2)
    expected = series(start, zone, rule, since=max(since, start), until=until)
    found = rows(campus, str(item))
    assert [at for at in found if since <= at <= until] == expected
    assert len(found) <= 803


def test_an_assignment_may_recur(campus: Campus, user: User):
    made = create(campus, user, recurrence="FREQ=WEEKLY;COUNT=3", timezone="Europe/Berlin")
    assert (made["recurrence"], made["missing"]) == ("FREQ=WEEKLY;COUNT=3", False)
    assert len(rows(campus, made["id"])) == 3
    assert len(reminders(campus, user)) == 3
    path = f"/v2/tasks/assignments/{made['id']}"
    once = campus.call("PATCH", path, user, {"recurrence": None})
    assert (once.status, rows(campus, made["id"])) == (200, [])
    assert [status for status, _ in reminders(campus, user)].count("pending") == 1


def test_dates_are_left_out_and_added(campus: Campus, user: User):
    extra, missing = LOCAL + timedelta(days=1), LOCAL + timedelta(weeks=1)
    made = create(
        campus,
        user,
        "lecture",
        recurrence="FREQ=WEEKLY;COUNT=3",
        exdates=[missing.isoformat()],
        rdates=[extra.isoformat()],
    )
    assert rows(campus, made["id"]) == [LOCAL, extra, LOCAL + timedelta(weeks=2)]
    assert len(reminders(campus, user)) == 3


def test_home_shows_the_next_occurrence(campus: Campus, user: User):
    made = create(campus, user, recurrence="FREQ=DAILY;COUNT=3")
    following = campus.call("GET", "/v2/tasks/home", user).data["nextTask"]
    assert (following["id"], following["recurrenceId"]) == (made["id"], LOCAL.isoformat())
