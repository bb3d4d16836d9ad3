"""Calendars to subscribe to: who reads them, and that others read in them what was planned."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.tasks import calendar_feeds, ical_calendar
from functions.tasks.ical_text import line, plain, text
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.tasks.calendars import FEEDS, events, feed, fetch, parsed, times, titled
from tests.functions.tasks.planning import (
    SOON,
    course,
    create,
    delete_course,
    keyed,
    tell,
)
from tests.functions.tasks.recurring import NIGHTS, ZONES, rules
from tests.functions.tasks.test_series import WEEKLY

LOCAL = SOON.replace(tzinfo=None)


def test_a_calendar_holds_what_is_planned(campus: Campus, user: User):
    create(campus, user, "assignment", description="Two, three; four\\\nfive", tags=["a,b", "c"])
    create(campus, user, "assignment", title="Report", dueAt=None, dueOn="2027-02-03")
    create(campus, user, "lecture", timezone="Europe/Berlin", durationMinutes=95, location="H 1")
    ends = (SOON + timedelta(hours=2)).isoformat()
    create(campus, user, "study_session", topic="Proofs", endsAt=ends)
    answer = fetch(campus, feed(campus, user)["token"])
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = titled(answer.text)
    assert sorted(found) == ["Essay", "Logic", "Proofs", "Report"]
    essay, report, logic, proofs = (found[n] for n in ("Essay", "Report", "Logic", "Proofs"))
    assert essay["DESCRIPTION"] == "Two, three; four\\\nfive"
    assert essay["CATEGORIES"].cats == ["a,b", "c"]
    assert (essay["DTSTART"].dt, "DTEND" in essay) == (SOON, False)
    assert report["DTSTART"].dt == date(2027, 2, 3)
    assert str(logic["DTSTART"].dt.tzinfo) == "Europe/Berlin"
    assert logic["DTSTART"].dt.replace(tzinfo=None) == LOCAL
    assert (logic["DURATION"].dt, logic["LOCATION"]) == (timedelta(minutes=95), "H 1")
    assert proofs["DTEND"].dt - proofs["DTSTART"].dt == timedelta(hours=2)
    zones = [zone["TZID"] for zone in parsed(answer.text).walk("VTIMEZONE")]
    assert zones == ["Europe/Berlin"]


def test_a_changed_item_keeps_its_name_and_counts_up(campus: Campus, user: User):
    made = create(campus, user, "assignment")
    token = feed(campus, user)["token"]
    before = titled(fetch(campus, token).text)["Essay"]
    path = f"/v2/tasks/assignments/{made['id']}"
    campus.call("PATCH", path, user, {"title": "Report"})
    after = titled(fetch(campus, token).text)["Report"]
    assert after["UID"] == before["UID"] == f"{made['id']}@campus"
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt


def test_a_series_is_told_with_what_differs_from_it(campus: Campus, user: User):
    skipped, extra = WEEKLY[3], WEEKLY[0] + timedelta(days=1)
    made = create(
        campus,
        user,
        "lecture",
        recurrence="FREQ=WEEKLY;COUNT=5",
        exdates=[skipped.isoformat()],
        rdates=[extra.isoformat()],
    )
    path = f"/v2/tasks/lectures/{made['id']}/occurrences"
    moved = {"startLocal": (WEEKLY[1] + timedelta(hours=3)).isoformat(), "title": "Elsewhere"}
    for at, change in ((WEEKLY[1], moved), (WEEKLY[2], {"status": "cancelled"})):
        assert campus.call("PATCH", f"{path}/{at.isoformat()}", user, change).status == 200
    answer = fetch(campus, feed(campus, user)["token"])
    hour, aware = timedelta(hours=1), [at.replace(tzinfo=UTC) for at in WEEKLY]
    assert times(answer.text, WEEKLY[-1]) == sorted([
        ("Logic", aware[0], aware[0] + hour),
        ("Logic", extra.replace(tzinfo=UTC), extra.replace(tzinfo=UTC) + hour),
        ("Elsewhere", aware[1] + 3 * hour, aware[1] + 4 * hour),
        ("Logic", aware[4], aware[4] + hour),
    ])  # fmt: skip
    assert [str(e["STATUS"]) for e in events(answer.text) if "STATUS" in e] == ["CANCELLED"]


def test_breaks_are_left_out(campus: Campus, user: User):
    create(campus, user, "lecture", recurrence="FREQ=WEEKLY;COUNT=5", skipsBreaks=True)
    day = WEEKLY[2].date()
    pause = {"name": "", "startsOn": str(day - timedelta(1)), "endsOn": str(day)}
    term = {"name": "Term", "startsOn": str(day), "endsOn": str(day), "breaks": [pause]}
    assert campus.call("POST", "/v2/tasks/terms", user, term).status == 201
    found = times(fetch(campus, feed(campus, user)["token"]).text, WEEKLY[-1])
    assert [at.date() for _, at, _ in found] == [at.date() for at in WEEKLY if at is not WEEKLY[2]]


@settings(max_examples=25, deadline=None)
@given(rule=rules(alike=True), start=NIGHTS, zone=ZONES, data=st.data())
def test_others_see_the_occurrences_of_a_series(
    campus: Campus, rule: str, start: datetime, zone: str, data: st.DataObject
):
    user, item = campus.user(), uuid7()
    with campus.admin.transaction():
        campus.admin.execute(
            "insert into lecture (id, user_id, course_id, title, start_local, timezone, starts_at,"
            " duration_minutes, recurrence) values (%s, %s, %s, 'Logic', %s, %s, now(), 60, %s)",
            (item, user.id, uuid7(), start, zone, rule),
        )
        campus.admin.execute("update lecture set starts_at = start_local at time zone timezone"
                             " where id = %s", (item,))  # fmt: skip
        campus.admin.execute("select plan_item('lecture', %s, %s)", (item, user.id))
    differ(campus, user, item, data)
    expected = campus.rows(
        "select coalesce(title, 'Logic'), starts_at, ends_at from occurrence where lecture_id = %s"
        " and status <> 'cancelled' and recurrence_id <= localtimestamp + interval '390 days'"
        " order by 1, 2",
        item,
    )
    answer = fetch(campus, feed(campus, user)["token"])
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=390)
    since = datetime.now(UTC) - timedelta(days=399)
    found = [one for one in times(answer.text, until) if one[1] > since]
    assert found == [row for row in expected if row[1] > since]


def differ(campus: Campus, user: User, item: Any, data: st.DataObject) -> None:
    """Maybe cancel an occurrence of a lecture, and maybe make one shorter."""
    ids = [r[0] for r in campus.rows("select id from occurrence where lecture_id = %s"
                                     " order by recurrence_id", item)]  # fmt: skip
    half = "title = 'Moved', duration_minutes = 30, ends_at = starts_at + interval '30 minutes'"
    for change in ("status = 'cancelled'", half):
        if ids and data.draw(st.booleans()):
            one = data.draw(st.sampled_from(ids))
            campus.admin.execute(f"update occurrence set {change} where id = %s", (one,))


@given(st.text(max_size=300))
def test_nothing_in_a_text_begins_another_line(value: str):
    written = line("SUMMARY", text(value))
    assert all(len(part) <= 75 for part in written.split(b"\r\n"))
    whole = written.removesuffix(b"\r\n").replace(b"\r\n ", b"").decode()
    assert not set(whole) & set("\r\n\x00\x85\u2028")
    read = plain(whole.removeprefix("SUMMARY:"))
    assert plain(text(read)) == read
    assert read == value or not value.isprintable()


def test_an_unchanged_calendar_is_not_sent_again(campus: Campus, user: User):
    create(campus, user)
    token = feed(campus, user)["token"]
    first = fetch(campus, token)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = fetch(campus, token, **{"If-None-Match": f"W/{first.headers['ETag']}"})
    assert (again.status, again.text) == (304, "")
    create(campus, user, title="Report")
    assert fetch(campus, token, **{"If-None-Match": first.headers["ETag"]}).status == 200


def test_a_calendar_holds_the_kinds_and_courses_that_it_names(campus: Campus, user: User):
    mine, other = str(course(campus, user)), str(course(campus, user))
    create(campus, user, "lecture", courseId=mine)
    create(campus, user, "assignment", courseId=mine)
    create(campus, user, "assignment", courseId=other, title="Other")
    create(campus, user, "study_session", topic="Proofs")

    def shown(**given: Any) -> list[str]:
        return sorted(titled(fetch(campus, feed(campus, user, **given)["token"]).text))

    assert shown(kinds=["assignment"]) == ["Essay", "Other"]
    assert shown(courseIds=[mine]) == ["Essay", "Logic"]
    assert shown(kinds=["lecture", "study_session"], courseIds=[other]) == []
    assert shown() == ["Essay", "Logic", "Other", "Proofs"]


def test_what_is_deleted_is_not_in_a_calendar(campus: Campus, user: User):
    kept, gone = course(campus, user), course(campus, user)
    create(campus, user, "lecture", courseId=str(kept))
    create(campus, user, "lecture", courseId=str(gone), title="Gone")
    made = create(campus, user, "assignment")
    token = feed(campus, user)["token"]
    assert campus.call("DELETE", f"/v2/tasks/assignments/{made['id']}", user).status == 204
    deleted = delete_course(campus, user, gone)
    assert sorted(titled(fetch(campus, token).text)) == ["Logic"]  # before anybody was told
    tell(campus, user, deleted)
    assert sorted(titled(fetch(campus, token).text)) == ["Logic"]


@pytest.mark.parametrize(
    "change",
    [
        "account_status = 'suspended'",
        "account_status = 'suspended', suspended_until = now() + interval '1 day'",
        "account_status = 'pending_deletion'",
        "account_status = 'deleted'",
    ],
)
def test_who_may_not_sign_in_has_no_calendar(campus: Campus, user: User, change: str):
    token = feed(campus, user)["token"]
    assert fetch(campus, token).status == 200
    campus.admin.execute(f"update app_user set {change} where id = %s", (user.id,))
    assert (fetch(campus, token).status, fetch(campus, token).error) == (404, "NOT_FOUND")


def test_an_address_ends_with_its_rotation_and_deletion(campus: Campus, user: User):
    made = feed(campus, user)
    path = f"{FEEDS}/{made['id']}"
    assert made["url"].endswith(f"/tasks/calendar/feeds/{made['token']}.ics")
    rotated = campus.call("POST", f"{path}/rotate", user).data
    assert [fetch(campus, one["token"]).status for one in (made, rotated)] == [404, 200]
    assert campus.call("DELETE", path, user).status == 204
    assert fetch(campus, rotated["token"]).status == 404
    assert keyed(campus, "POST", f"{path}/restore", user).status == 200
    assert fetch(campus, rotated["token"]).status == 200
    shown = campus.call("GET", path, user).data
    assert {*shown} & {"token", "url", "tokenHash"} == set()
    assert campus.call("PATCH", path, user, {"name": "Term"}).data["name"] == "Term"
    assert keyed(campus, "DELETE", f"{path}/permanent", user).status == 204
    assert fetch(campus, rotated["token"]).status == 404
    verbs = [name.partition(".")[2] for name in campus.types(user) if "calendar_feed" in name]
    assert verbs == ["created", "rotated", "deleted", "restored", "updated", "purged"]


@pytest.mark.parametrize("token", ["x", "-", "a" * 600, "%2e%2e", "\u00e9", "'", ".ics"])
def test_an_unknown_address_leads_nowhere(campus: Campus, token: str):
    assert fetch(campus, token).status == 404
    assert campus.call("GET", f"/tasks/calendar/feeds/{token}").status == 404


def test_what_a_calendar_does_not_take(campus: Campus, user: User, monkeypatch: Any):
    foreign = str(course(campus, campus.user()))
    for wrong in ({"kinds": ["exam"]}, {"name": ""}, {"token": "x" * 43}):
        assert campus.call("POST", FEEDS, user, {"name": "x", **wrong}).status == 422
    refused = campus.call("POST", FEEDS, user, {"name": "x", "courseIds": [foreign]})
    assert (refused.status, campus.call("GET", FEEDS, user).data) == (404, [])
    made = feed(campus, user)
    path = f"{FEEDS}/{made['id']}"
    assert campus.call("PATCH", path, user, {"courseIds": [foreign]}).status == 404
    assert campus.call("PATCH", path, user, {"kinds": None}).status == 422
    monkeypatch.setattr(calendar_feeds, "LIVE_FEEDS", 1)
    assert campus.call("POST", FEEDS, user, {"name": "x"}).error == "RESOURCE_LIMIT_EXCEEDED"
    assert campus.call("DELETE", path, user).status == 204
    feed(campus, user)
    restored = keyed(campus, "POST", f"{path}/restore", user)
    assert restored.error == "RESOURCE_LIMIT_EXCEEDED"


def test_a_calendar_is_bounded(campus: Campus, user: User, monkeypatch: Any):
    for number in range(3):
        due = (SOON + timedelta(days=number)).isoformat()
        create(campus, user, title=f"Essay {number}", dueAt=due)
    token = feed(campus, user)["token"]
    monkeypatch.setattr(calendar_feeds, "MOST", 2)
    assert sorted(titled(fetch(campus, token).text)) == ["Essay 1", "Essay 2"]
    monkeypatch.setattr(ical_calendar, "MOST_BYTES", 400)
    assert sorted(titled(fetch(campus, token).text)) == ["Essay 2"]


def test_a_day_within_a_series_is_a_day(campus: Campus, user: User):
    given: dict[str, Any] = {"dueAt": None, "dueOn": "2027-02-03", "timezone": "Europe/Berlin"}
    rule = "FREQ=WEEKLY;UNTIL=20270217T225958Z"
    made = create(campus, user, **given, recurrence=rule, exdates=["2027-02-10T23:59:59"])
    path = f"/v2/tasks/assignments/{made['id']}/occurrences/2027-02-03T23:59:59"
    moved = {"startLocal": "2027-02-04T12:00:00"}
    assert campus.call("PATCH", path, user, moved).status == 200
    master, own = events(fetch(campus, feed(campus, user)["token"]).text)
    assert master["DTSTART"].dt == date(2027, 2, 3)
    assert master["RRULE"]["UNTIL"] == [date(2027, 2, 16)]  # the 17th ends a second later
    assert master["EXDATE"].dts[0].dt == date(2027, 2, 10)
    assert own["RECURRENCE-ID"].dt == date(2027, 2, 3)
    assert own["DTSTART"].dt == datetime(2027, 2, 4, 11, tzinfo=UTC)
