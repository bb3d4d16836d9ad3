"""Reminders follow their item: after any change they are those that it says, no more, no fewer, and
the facts that were told add up to them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.campus import Campus, User
from tests.functions.tasks.planning import (
    PATHS,
    SOON,
    body,
    course,
    create,
    delete_course,
    keyed,
    restore_course,
    tell,
)

HOUR = timedelta(hours=1)
Plan = dict[tuple[datetime, int], str]
"""The id of what will come, by the time that it is about and how many minutes before."""


def pending(campus: Campus, user: User) -> Plan:
    rows = campus.rows(
        "select occurs_at, offset_minutes, id from reminder where user_id = %s"
        " and deleted_at is null and status = 'pending' and purpose = 'item'",
        user.id,
    )
    found = {(at, minutes): str(known) for at, minutes, known in rows}
    assert len(found) == len(rows), "the same reminder twice"
    return found


def told(campus: Campus, user: User) -> list[tuple[str, dict[str, Any]]]:
    return campus.rows(
        "select type, data from event where user_id = %s and entity_type = 'reminder' order by id",
        user.id,
    )


def balance(campus: Campus, user: User) -> int:
    """How many reminders are ahead by what was told."""
    sums: Counter[str] = Counter()
    for kind, data in told(campus, user):
        sums[kind] += data["count"]
    return sums["reminder.scheduled"] - sums["reminder.cancelled"]


OFFSETS = st.lists(st.sampled_from([5, 15, 60, 1440]), max_size=3, unique=True)
STEPS = st.one_of(
    st.tuples(st.just("offsets"), OFFSETS),
    st.tuples(st.just("move"), st.integers(1, 400).map(lambda hours: SOON + hours * HOUR)),
    st.tuples(st.sampled_from(["finish", "reopen", "rename", "trash"]), st.none()),
)


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(["assignment", "lecture", "study_session"]),
    steps=st.lists(STEPS, min_size=2, max_size=8),
)
def test_any_change_leaves_the_reminders_that_the_item_says(
    campus: Campus, kind: str, steps: list[tuple[str, Any]]
):
    user = campus.user()
    made = create(campus, user, kind, reminders=[5, 60])
    path, at, offsets, is_open = f"{PATHS[kind]}/{made['id']}", SOON, [5, 60], True
    for step, what in steps:
        before = pending(campus, user)
        if step == "offsets":
            offsets = what
            assert campus.call("PATCH", path, user, {"reminders": what}).status == 200
        elif step == "move":
            at = what
            assert campus.call("PATCH", path, user, moved(kind, what)).status == 200
        elif step == "rename":
            name = "topic" if kind == "study_session" else "title"
            assert campus.call("PATCH", path, user, {name: "Other"}).status == 200
        elif step == "trash":
            assert campus.call("DELETE", path, user).status == 204
            assert pending(campus, user) == {}
            assert keyed(campus, "POST", f"{path}/restore", user).status == 200
        else:
            is_open = finish_or_reopen(campus, user, kind, path, step, is_open)
        now = pending(campus, user)
        assert now.keys() == ({(at, minutes) for minutes in offsets} if is_open else set())
        kept = before.keys() & now.keys()
        assert {key: now[key] for key in kept} == {key: before[key] for key in kept}, step
        assert balance(campus, user) == len(now), step


def moved(kind: str, at: datetime) -> dict[str, Any]:
    text = at.isoformat().replace("+00:00", "Z")
    name = {"assignment": "dueAt", "lecture": "startLocal", "study_session": "startsAt"}[kind]
    return {name: text[:-1] if kind == "lecture" else text}


def finish_or_reopen(
    campus: Campus, user: User, kind: str, path: str, step: str, is_open: bool
) -> bool:
    """Whether the item is open afterwards; lectures are never done, sessions done for good."""
    if kind == "assignment":
        verb = "complete" if step == "finish" else "reopen"
        assert campus.call("POST", f"{path}/{verb}", user).status == 200
        return step == "reopen"
    if kind == "study_session" and step == "finish":
        campus.call("POST", f"{path}/start", user, {})
        assert campus.call("POST", f"{path}/finish", user, {}).status == 200
        return False
    return is_open


@pytest.mark.parametrize("status", ["excused", "dropped", "graded"])
def test_what_needs_no_doing_needs_no_reminder(campus: Campus, user: User, status: str):
    create(campus, user, status=status)
    assert pending(campus, user) == {}
    made = create(campus, user)
    campus.call("PATCH", f"{PATHS['assignment']}/{made['id']}", user, {"status": status})
    assert pending(campus, user) == {}
    assert told(campus, user)[-1][1]["reason"] == "done"


def test_a_series_is_told_at_once_and_reminds_by_the_clock_of_its_zone(campus: Campus, user: User):
    zone = ZoneInfo("Europe/Berlin")
    change = datetime(2027, 3, 28, tzinfo=UTC)  # the clocks go forward
    start = datetime(2027, 3, 26, 10)
    create(
        campus, user, "lecture", startLocal=start.isoformat(), timezone="Europe/Berlin",
        recurrence="FREQ=DAILY;COUNT=5", reminders=[30, 1440],
    )  # fmt: skip
    times = [(start + timedelta(days=n)).replace(tzinfo=zone).astimezone(UTC) for n in range(5)]
    assert {at.hour for at in times if at < change} == {9}
    assert {at.hour for at in times if at > change} == {8}
    assert pending(campus, user).keys() == {(at, early) for at in times for early in (30, 1440)}
    [(_, fact)] = [row for row in told(campus, user) if row[0] == "reminder.scheduled"]
    assert (fact["count"], fact["kind"], fact["review"]) == (10, "lecture", False)
    first, last = times[0] - timedelta(days=1), times[-1] - timedelta(minutes=30)
    assert [datetime.fromisoformat(fact[name]) for name in ("remindAt", "lastAt")] == [first, last]


def test_two_occurrences_at_one_time_have_one_reminder(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence="FREQ=DAILY;COUNT=3")
    days = [SOON + timedelta(days=n) for n in range(3)]
    path = f"{PATHS['lecture']}/{made['id']}/occurrences"
    first, second = (day.isoformat()[:19] for day in days[:2])
    campus.call("PATCH", f"{path}/{first}", user, {"startLocal": second})
    assert {at for at, _ in pending(campus, user)} == set(days[1:])
    campus.call("PATCH", f"{path}/{first}", user, {"startLocal": None})
    assert {at for at, _ in pending(campus, user)} == set(days)
    assert balance(campus, user) == 3


def test_a_course_takes_its_reminders_along_and_brings_back_the_same(campus: Campus, user: User):
    of = course(campus, user)
    for kind, early in zip(PATHS, (5, 15, 60), strict=True):
        create(campus, user, kind, courseId=str(of), reminders=[early])
    before = pending(campus, user)
    assert len(before) == 3
    tell(campus, user, delete_course(campus, user, of))
    assert pending(campus, user) == {}
    tell(campus, user, restore_course(campus, user, of))
    assert pending(campus, user) == before


def test_what_a_break_takes_away_is_not_reminded_of(campus: Campus, user: User):
    create(campus, user, "lecture", recurrence="FREQ=DAILY;COUNT=4", skipsBreaks=True)
    day = (SOON + timedelta(days=1)).date().isoformat()
    term = {"name": "Winter", "startsOn": day, "endsOn": day,
            "breaks": [{"name": "", "startsOn": day, "endsOn": day}]}  # fmt: skip
    made = campus.call("POST", "/v2/tasks/terms", user, term)
    assert made.status == 201, made.text
    assert (len(pending(campus, user)), balance(campus, user)) == (3, 3)
    assert campus.call("DELETE", f"/v2/tasks/terms/{made.data['id']}", user).status == 204
    assert (len(pending(campus, user)), balance(campus, user)) == (4, 4)


def test_a_split_series_tells_of_both_sides(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence="FREQ=DAILY;COUNT=4", reminders=[15])
    at = (SOON + timedelta(days=2)).isoformat()[:19]
    path = f"{PATHS['lecture']}/{made['id']}/occurrences/{at}?scope=thisAndFollowing"
    answer = campus.call("PATCH", path, user, {"title": "Other"})
    assert answer.status == 200, answer.text
    assert (len(pending(campus, user)), balance(campus, user)) == (4, 4)
    assert {data["itemId"] for _, data in told(campus, user)} == {
        made["id"],
        answer.data["itemId"],
    }


def test_a_claimed_reminder_stays_when_nothing_about_it_changes(campus: Campus, user: User):
    made = create(campus, user, reminders=[30])
    campus.admin.execute(
        "update reminder set remind_at = now(), status = 'claimed',"
        " claimed_until = now() + interval '5 minutes' where user_id = %s",
        (user.id,),
    )
    path = f"{PATHS['assignment']}/{made['id']}"
    campus.call("PATCH", path, user, {"reminders": [30, 60]})
    statuses = "select status from reminder where user_id = %s order by offset_minutes"
    assert campus.rows(statuses, user.id) == [("claimed",), ("pending",)]
    campus.call("PATCH", path, user, moved("assignment", SOON + HOUR))
    assert campus.rows(statuses, user.id) == [("cancelled",), ("pending",)] * 2


def test_a_courses_first_lecture_tells_of_its_reminders(campus: Campus, user: User):
    lecture = body(campus, user, "lecture", courseId="x")
    given = {"title": "Logic", "firstLecture": {"startLocal": lecture["startLocal"],
             "recurrence": "weekly"}}  # fmt: skip
    answer = campus.call("POST", "/v2/courses", user, given)
    assert answer.status == 201, answer.text
    assert (len(pending(campus, user)), balance(campus, user)) == (16, 16)
