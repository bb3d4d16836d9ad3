"""Changes of one occurrence, of this and the following, and of all: nothing else moves."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from functions.tasks.expansion import HORIZON, series
from functions.tasks.recurrence import Rule
from functions.tasks.series import Series
from shared.errors import Refusal
from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import PATHS, SOON, create, reminders
from tests.functions.tasks.recurring import NIGHTS, ZONES, rules
from tests.functions.tasks.test_occurrences import rows

LOCAL = SOON.replace(tzinfo=None)
WEEKLY = [LOCAL + timedelta(weeks=week) for week in range(5)]


def times(found: Series, until: datetime) -> set[datetime]:
    rule = str(found.rule) if found.rule else None
    return set(series(found.start, found.timezone, rule, found.exdates, found.rdates, until=until))


@st.composite
def any_series(draw: st.DrawFn) -> tuple[Series, datetime, list[datetime]]:
    """A series with dates of its own, a time until which to look, and its times."""
    start, zone = draw(NIGHTS), draw(ZONES)
    day = st.integers(1, 300)
    added = draw(st.lists(day, max_size=3, unique=True))
    left_out = draw(st.lists(day, max_size=3, unique=True))
    found = Series(
        start,
        zone,
        Rule.parse(draw(rules())),
        tuple(start + timedelta(days=n) for n in left_out),
        tuple(start + timedelta(days=n, minutes=7) for n in added),
    )
    known = sorted(times(found, start + HORIZON))
    assume(known)
    return found, start + HORIZON, known


@settings(max_examples=150, deadline=None)
@given(drawn=any_series(), data=st.data())
def test_a_split_loses_and_doubles_nothing(
    drawn: tuple[Series, datetime, list[datetime]], data: st.DataObject
):
    whole, until, known = drawn
    at = data.draw(st.sampled_from(known))
    head, tail = whole.split(at)
    before = times(head, until) if head else set[datetime]()
    assert before == {day for day in known if day < at}
    assert times(tail, until) == {day for day in known if day >= at}


@settings(max_examples=100, deadline=None)
@given(drawn=any_series(), minutes=st.integers(-600, 600))
def test_a_new_time_of_day_moves_all_by_as_much(
    drawn: tuple[Series, datetime, list[datetime]], minutes: int
):
    whole, until, known = drawn
    shift = timedelta(minutes=minutes)
    assume((whole.start + shift).date() == whole.start.date())
    assume(all((day + shift).date() == day.date() for day in (*whole.rdates, *whole.exdates)))
    moved = times(whole.moved(shift, 0), until + shift)
    assume(whole.rule is not None and not (whole.rule.until or "").endswith("Z"))
    assert moved == {day + shift for day in known}


def test_a_rule_that_names_its_days_stays_on_them():
    named = Series(LOCAL, "UTC", Rule.parse("FREQ=WEEKLY;BYDAY=MO"))
    with pytest.raises(Refusal):
        named.moved(timedelta(days=1), 1)
    left_open = Series(LOCAL, "UTC", Rule.parse("FREQ=WEEKLY;UNTIL=20290101"))
    assert left_open.moved(timedelta(days=1), 1).rule == Rule.parse("FREQ=WEEKLY;UNTIL=20290102")


Patch = Callable[..., Answer]


@pytest.fixture
def lecture(campus: Campus, user: User) -> str:
    """Five weeks of a lecture."""
    made = create(campus, user, "lecture", recurrence="FREQ=WEEKLY;COUNT=5", title="Logic")
    return made["id"]


@pytest.fixture
def patch(campus: Campus, user: User) -> Patch:
    def change(
        item: str, at: datetime, scope: str = "this", kind: str = "lecture", **given: object
    ):
        path = f"{PATHS[kind]}/{item}/occurrences/{at.isoformat()}?scope={scope}"
        return campus.call("PATCH", path, user, given)

    return change


def test_one_is_cancelled_and_planned_again(campus: Campus, user: User, lecture: str, patch: Patch):
    answer = patch(lecture, WEEKLY[1], status="cancelled")
    assert (answer.status, answer.data["status"]) == (200, "cancelled"), answer.text
    assert [status for status, _ in reminders(campus, user)].count("pending") == 4
    assert campus.types(user)[-2:] == ["reminder.cancelled", "occurrence.updated"]
    assert patch(lecture, WEEKLY[1], status="planned").data["version"] == 3
    assert [status for status, _ in reminders(campus, user)] == ["pending"] * 5
    assert rows(campus, lecture) == WEEKLY


def test_one_is_moved_and_its_reminder_with_it(
    campus: Campus, user: User, lecture: str, patch: Patch
):
    later = WEEKLY[1] + timedelta(days=1)
    moved = patch(lecture, WEEKLY[1], startLocal=later.isoformat(), location="Room 9").data
    assert (moved["startsAt"], moved["location"]) == (f"{later.isoformat()}Z", "Room 9")
    assert moved["recurrenceId"] == WEEKLY[1].isoformat()
    assert SOON + timedelta(weeks=1, days=1, minutes=-30) in [
        at for _, at in reminders(campus, user)
    ]
    back = patch(lecture, WEEKLY[1], startLocal=None, location=None).data
    assert (back["startsAt"], back["location"]) == (f"{WEEKLY[1].isoformat()}Z", "")


def test_all_move_with_what_was_changed_of_them(campus: Campus, lecture: str, patch: Patch):
    patch(lecture, WEEKLY[3], status="attended")
    hour = timedelta(minutes=-1) if LOCAL.hour == 23 else timedelta(minutes=1)
    assume_day = WEEKLY[1] + hour
    answer = patch(lecture, WEEKLY[1], "all", startLocal=assume_day.isoformat(), title="Sets")
    assert (answer.status, answer.data["title"]) == (200, "Sets"), answer.text
    assert rows(campus, lecture) == [at + hour for at in WEEKLY]
    kept = patch(lecture, WEEKLY[3] + hour).data
    assert (kept["status"], kept["title"]) == ("attended", "Sets")


def test_this_and_the_following_become_a_series_of_their_own(
    campus: Campus, user: User, lecture: str, patch: Patch
):
    patch(lecture, WEEKLY[1], status="attended")
    patch(lecture, WEEKLY[3], title="Guest")
    answer = patch(lecture, WEEKLY[2], "thisAndFollowing", location="Room 9")
    assert answer.status == 200, answer.text
    tail = answer.data["itemId"]
    assert tail != lecture
    assert (rows(campus, lecture), rows(campus, tail)) == (WEEKLY[:2], WEEKLY[2:])
    assert patch(lecture, WEEKLY[1]).data["status"] == "attended"
    assert patch(tail, WEEKLY[3]).data["title"] == "Guest"
    assert patch(tail, WEEKLY[4]).data["location"] == "Room 9"
    assert patch(lecture, WEEKLY[1]).data["location"] == ""
    assert campus.types(user)[-2:] == ["lecture.updated", "lecture.created"]
    pending = [at for status, at in reminders(campus, user) if status == "pending"]
    assert pending == [SOON + timedelta(weeks=n, minutes=-30) for n in (0, 2, 3, 4)]
    assert campus.call("GET", "/v2/tasks/home", user).data["month"]["used"] == 2


def test_a_series_ends_where_the_following_are_cancelled(
    campus: Campus, lecture: str, patch: Patch
):
    assert patch(lecture, WEEKLY[2], "thisAndFollowing", status="cancelled").status == 200
    assert rows(campus, lecture) == WEEKLY[:2]
    assert patch(lecture, WEEKLY[2]).status == 404


def test_what_goes_to_the_trash_takes_its_occurrences_along(
    campus: Campus, user: User, lecture: str, patch: Patch
):
    patch(lecture, WEEKLY[1], status="attended")
    campus.call("DELETE", f"/v2/tasks/lectures/{lecture}", user)
    assert (rows(campus, lecture), patch(lecture, WEEKLY[1]).status) == ([], 404)
    campus.call(
        "POST", f"/v2/tasks/lectures/{lecture}/restore", user, None, {"Idempotency-Key": "k"}
    )
    assert rows(campus, lecture) == WEEKLY
    assert patch(lecture, WEEKLY[1]).data["status"] == "attended"


def test_an_assignment_is_done_once_at_a_time(campus: Campus, user: User, patch: Patch):
    made = create(campus, user, recurrence="FREQ=WEEKLY;COUNT=3")
    done = patch(made["id"], WEEKLY[0], kind="assignment", status="done")
    assert (done.status, done.data["status"]) == (200, "done"), done.text
    assert campus.call("GET", "/v2/tasks/home", user).data["nextTask"]["recurrenceId"] == (
        WEEKLY[1].isoformat()
    )
    split = patch(made["id"], WEEKLY[1], "thisAndFollowing", "assignment", title="Part two")
    assert (split.data["title"], rows(campus, made["id"])) == ("Part two", WEEKLY[:1])
    assert rows(campus, split.data["itemId"]) == WEEKLY[1:3]


@pytest.mark.parametrize(
    ("scope", "given_", "status"),
    [
        ("this", {"status": None}, 422),
        ("this", {"status": "done"}, 422),
        ("this", {"durationMinutes": 0}, 422),
        ("all", {"status": "cancelled"}, 422),
        ("all", {"title": None}, 422),
        ("thisAndFollowing", {"status": "attended"}, 422),
        ("some", {}, 422),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    campus: Campus, user: User, lecture: str, patch: Patch, scope: str, given_: dict, status: int
):
    told = campus.types(user)
    assert patch(lecture, WEEKLY[1], scope, **given_).status == status
    assert (campus.types(user), rows(campus, lecture)) == (told, WEEKLY)


def test_only_what_is_there_and_ones_own_is_changed(campus: Campus, lecture: str, patch: Patch):
    assert patch(lecture, WEEKLY[1] + timedelta(hours=1)).status == 404
    other = campus.user()
    for at in (WEEKLY[1].isoformat(), "soon"):
        path = f"/v2/tasks/lectures/{lecture}/occurrences/{at}"
        assert campus.call("PATCH", path, other, {"status": "cancelled"}).status == 404
    stale = {"If-Match": '"v2-9"'}
    path = f"/v2/tasks/lectures/{lecture}/occurrences/{WEEKLY[1].isoformat()}"
    assert campus.call("PATCH", path, other, {"status": "cancelled"}, stale).status in (404, 412)


def test_a_night_brings_what_has_come_within_reach(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence="FREQ=DAILY", reminders=[30])
    known = rows(campus, made["id"])
    campus.admin.execute(
        "update lecture set expanded_until = expanded_until - interval '40 days' where id = %s",
        (made["id"],),
    )
    campus.admin.execute(
        "delete from occurrence where lecture_id = %s"
        " and recurrence_id > (select expanded_until from lecture where id = lecture_id)",
        (made["id"],),
    )
    campus.admin.execute(
        "delete from reminder where user_id = %s and not exists (select from occurrence as o"
        " where o.lecture_id = reminder.lecture_id and o.starts_at = occurs_at)",
        (user.id,),
    )
    before = reminders(campus, user)
    assert campus.run("tasks", "extend_series")["series"] >= 1
    assert rows(campus, made["id"]) == known
    assert len(reminders(campus, user)) == len(before) + 40
