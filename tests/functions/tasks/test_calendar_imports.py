"""Calendars that come in: what files of others become; a second time changes nothing."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.tasks import calendar_plan
from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import PATHS, course, keyed, live
from tests.functions.tasks.test_occurrences import rows

IMPORTS = "/v2/tasks/calendar/imports"
SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def user(campus: Campus) -> User:
    """Nobody here is limited, unless that is the point."""
    return campus.user(tier="premium")


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.ics").read_bytes().decode()


def event(*lines: str, uid: str = "1@x", kind: str = "VEVENT") -> str:
    return "\r\n".join([f"BEGIN:{kind}", f"UID:{uid}", *lines, f"END:{kind}", ""])


def wrapped(*parts: str) -> str:
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(parts) + "END:VCALENDAR\r\n"


def send(campus: Campus, user: User, text: str, query: str = "", **given: Any) -> Answer:
    return campus.call("POST", IMPORTS + query, user, {"text": text, **given})


def bring(campus: Campus, user: User, text: str, query: str = "", **given: Any) -> dict[str, Any]:
    answer = send(campus, user, text, query, **given)
    assert answer.status == 200, answer.text
    return answer.data


def told(result: dict[str, Any]) -> dict[str, Any]:
    """The counts that are not 0, and reasons by their counts."""
    names = ("created", "updated", "deleted", "unchanged")
    found = {f"{kind['kind']} {name}": kind[name] for kind in result["kinds"] for name in names}
    found |= {one["reason"]: one["count"] for one in result["reasons"]}
    assert sum(kind["created"] for kind in result["kinds"]) == result["created"]
    assert sum(one["count"] for one in result["reasons"]) == result["skipped"]
    return {name: count for name, count in found.items() if count}


def shown(campus: Campus, user: User, kind: str, *fields: str) -> list[tuple[Any, ...]]:
    """The items of a kind, by their titles."""
    items = campus.call("GET", f"{PATHS[kind]}?limit=100", user).data
    return sorted(tuple(item[name] for name in fields) for item in items)


def test_a_calendar_of_google(campus: Campus, user: User):
    result = bring(campus, user, sample("google"), courseId=str(course(campus, user)))
    assert told(result) == {"lecture created": 2, "occurrence updated": 1,
                            "assignment created": 1, "cancelled": 1}  # fmt: skip
    fields = ("title", "startLocal", "timezone", "durationMinutes", "recurrence", "location")
    assert shown(campus, user, "lecture", *fields) == [
        ("Advising", "2027-01-14T14:00:00", "Europe/Berlin", 60, None, ""),
        ("Linear Algebra", "2027-01-11T10:15:00", "Europe/Berlin", 90,
         "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208T225959Z", "Hörsaal 2, Hauptgebäude"),
    ]  # fmt: skip
    assert shown(campus, user, "assignment", "title", "dueOn", "dueAt", "source") == [
        ("Register for exams", "2027-01-31", "2027-01-31T22:59:59Z", "ics")
    ]
    own = campus.rows(
        "select recurrence_id, start_local, duration_minutes, location from occurrence"
        " where user_id = %s and start_local is not null", user.id,
    )  # fmt: skip
    moved = datetime(2027, 1, 25, 10, 15), datetime(2027, 1, 26, 14)
    assert own == [(*moved, None, "Seminarraum 7")]
    [(text,)] = campus.rows(
        "select description from lecture where user_id = %s and recurrence is not null", user.id
    )
    assert text == "Bring the script, chapters 1-3\nand a <b>pen</b>"


def test_a_calendar_of_apple(campus: Campus, user: User):
    result = bring(campus, user, sample("apple"), courseId=str(course(campus, user)))
    assert told(result) == {"lecture created": 1, "occurrence updated": 1,
                            "assignment created": 2, "no_date": 1}  # fmt: skip
    fields = ("title", "startLocal", "timezone", "recurrence", "location", "meetingUrl")
    assert shown(campus, user, "lecture", *fields) == [
        ("Reading group", "2027-02-02T14:30:00", "America/New_York",
         "FREQ=MONTHLY;BYDAY=1TU;COUNT=3", "Library\nFloor 3",
         "https://example.edu/reading?group=1\\,2")
    ]  # fmt: skip
    fields = ("title", "status", "dueAt", "completedAt", "priority")
    assert shown(campus, user, "assignment", *fields) == [
        ("Buy the book", "submitted", "2026-11-03T22:00:00Z", "2026-11-02T10:00:00Z", "medium"),
        ("Term paper", "todo", "2027-02-12T23:59:59Z", None, "urgent"),
    ]
    states = campus.rows("select recurrence_id, status from occurrence where user_id = %s"
                         " order by 1", user.id)  # fmt: skip
    assert [state for _, state in states] == ["planned", "cancelled", "planned"]


def test_a_calendar_of_canvas(campus: Campus, user: User):
    result = bring(campus, user, sample("canvas"))
    assert told(result) == {"assignment created": 3, "study_session created": 1}
    assert shown(campus, user, "assignment", "title", "dueAt", "dueOn") == [
        ("Essay 1 [PHIL-101]", "2027-01-20T22:59:00Z", None),
        ("Peer review [PHIL-101]", "2027-02-10T14:00:00Z", None),
        ("Quiz 2 [PHIL-101]", "2027-02-03T23:59:59Z", "2027-02-03"),
    ]
    [(url,)] = campus.rows("select submission_url from assignment where user_id = %s"
                           " and title like 'Essay%%'", user.id)  # fmt: skip
    assert url.endswith("?include_contexts=course_17&month=01&year=2027#assignment_98213")
    assert shown(campus, user, "study_session", "topic", "startsAt", "endsAt", "notes") == [
        ("Review session [PHIL-101]", "2027-01-18T15:00:00Z", "2027-01-18T16:00:00Z", "Room 12")
    ]


def test_a_calendar_of_moodle(campus: Campus, user: User):
    result = bring(campus, user, sample("moodle"), courseId=str(course(campus, user)))
    assert told(result) == {"assignment created": 2, "lecture created": 1}
    assert shown(campus, user, "assignment", "title", "dueAt", "tags", "description") == [
        ("Problem set 3 is due", "2027-01-22T23:00:00Z", ["MATH-201"], "Hand in one PDF."),
        ("Reading 4 should be completed", "2027-01-25T11:00:00Z", ["MATH-201"], ""),
    ]
    assert shown(campus, user, "lecture", "title", "durationMinutes") == [("Excursion", 240)]


def test_a_calendar_of_exchange(campus: Campus, user: User):
    result = bring(campus, user, sample("exchange"), courseId=str(course(campus, user)))
    assert told(result) == {"lecture created": 2, "unknown_timezone": 1}
    assert shown(campus, user, "lecture", "title", "startLocal", "timezone") == [
        ("Call", "2027-01-14T09:00:00", "America/New_York"),
        ("Kolloquium", "2027-01-13T16:00:00", "Europe/Berlin"),
    ]
    assert result["examples"] == [
        {"uid": "040000008200E00074C5B7101A82E010", "recurrenceId": None, "title": "Nowhere",
         "reason": "unknown_timezone"}
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["google", "apple", "canvas", "moodle", "exchange"])
def test_a_second_import_changes_nothing(campus: Campus, user: User, name: str):
    given = {"courseId": str(course(campus, user))}
    dry = bring(campus, user, sample(name), "?dryRun=true", **given)
    assert (dry["dryRun"], live(campus, user), campus.types(user)) == (True, set(), [])
    first = bring(campus, user, sample(name), **given)
    assert first == {**dry, "dryRun": False}
    before, facts = live(campus, user), len(campus.types(user))
    again = bring(campus, user, sample(name), **given)
    assert again["created"] == again["updated"] == again["deleted"] == 0
    assert again["unchanged"] == first["created"] + first["updated"]
    assert live(campus, user) == before
    assert campus.types(user)[facts:] == ["calendar.imported"]
    assert campus.deliver() == []


NEXT = datetime(2027, 3, 1, 10)
LECTURE = ("SUMMARY:Logic", "DTSTART;TZID=Europe/Berlin:20270301T100000", "DURATION:PT1H")
WEEKLY = (*LECTURE, "RRULE:FREQ=WEEKLY;COUNT=4")
MOVED = ("SUMMARY:Logic", "RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000",
         "DTSTART;TZID=Europe/Berlin:20270309T120000", "DURATION:PT1H")  # fmt: skip


def test_what_changed_is_changed(campus: Campus, user: User):
    given = {"courseId": str(course(campus, user))}
    bring(campus, user, wrapped(event(*WEEKLY, "SEQUENCE:1"), event(*MOVED, "SEQUENCE:1")), **given)
    [lecture] = live(campus, user)
    assert rows(campus, lecture) == [NEXT + timedelta(weeks=n) for n in range(4)]
    state = (
        "select start_local, status from occurrence where lecture_id = %s order by recurrence_id"
    )
    assert campus.rows(state, lecture)[1] == (datetime(2027, 3, 9, 12), "planned")
    path = f"/v2/tasks/lectures/{lecture}/occurrences/2027-03-15T10:00:00"
    assert campus.call("PATCH", path, user, {"status": "attended"}).status == 200

    longer = [line.replace("COUNT=4", "COUNT=5") for line in WEEKLY]
    off = "RECURRENCE-ID;TZID=Europe/Berlin:20270301T100000", "STATUS:CANCELLED"
    newer = wrapped(event(*longer, "SEQUENCE:2"), event(*off, "SEQUENCE:2"))
    result = bring(campus, user, newer, **given)
    assert told(result) == {"lecture updated": 1, "occurrence updated": 2}
    found = campus.rows(state, lecture)
    assert [status for _, status in found] == ["cancelled", "planned", "attended",
                                               "planned", "planned"]  # fmt: skip
    assert {start for start, _ in found} == {None}
    assert told(bring(campus, user, newer, **given)) == {
        "lecture unchanged": 1, "occurrence unchanged": 1}  # fmt: skip
    old = wrapped(event(*WEEKLY, "SEQUENCE:1"))
    assert told(bring(campus, user, old, **given)) == {"older": 1}
    facts = campus.types(user)
    assert facts.count("lecture.updated") == 1
    assert facts.count("calendar.imported") == 4


def test_who_cancels_an_event_takes_it_away(campus: Campus, user: User):
    bring(campus, user, wrapped(event(*LECTURE)))
    assert len(live(campus, user)) == 1
    gone = wrapped(event(*LECTURE, "SEQUENCE:1", "STATUS:CANCELLED"))
    assert told(bring(campus, user, gone)) == {"study_session deleted": 1}
    assert live(campus, user) == set()
    assert campus.types(user)[-2:] == ["study_session.deleted", "calendar.imported"]
    again = wrapped(event(*LECTURE, "SEQUENCE:2"))
    assert told(bring(campus, user, again)) == {"deleted": 1}


def test_a_task_that_was_done_elsewhere_is_done(campus: Campus, user: User):
    task = ("SUMMARY:Essay", "DUE:20270301T100000Z")
    bring(campus, user, wrapped(event(*task, kind="VTODO")))
    done = wrapped(event(*task, "SEQUENCE:1", "COMPLETED:20261101T100000Z", kind="VTODO"))
    assert told(bring(campus, user, done)) == {"assignment updated": 1}
    assert shown(campus, user, "assignment", "status", "percentDone") == [("submitted", 100)]
    assert campus.types(user).count("assignment.completed") == 1
    assert told(bring(campus, user, done)) == {"assignment unchanged": 1}


def test_the_plans_limit_lets_the_next_ones_in(campus: Campus):
    free, past = campus.user(), "20200101T100000Z"
    days = [f"202703{day:02}T100000Z" for day in range(1, 21)]
    parts = [event(f"SUMMARY:{at}", f"DTSTART:{at}", uid=at) for at in (past, *reversed(days))]
    result = bring(campus, free, wrapped(*parts))
    assert told(result) == {"assignment created": 15, "over_limit": 6}
    assert (result["allowance"]["limit"], result["allowance"]["used"]) == (15, 15)
    found = [title for (title,) in shown(campus, free, "assignment", "title")]
    assert found == days[:15]
    series = wrapped(event("SUMMARY:x", "DTSTART:20270301T100000Z", "RRULE:FREQ=DAILY;COUNT=60"))
    other = campus.user()
    assert bring(campus, other, series)["allowance"]["used"] == 1


def test_what_events_are_taken_for_can_be_said(campus: Campus, user: User):
    given = {"courseId": str(course(campus, user))}
    day = event("SUMMARY:Fair", "DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270304", uid="2")
    both = wrapped(event(*LECTURE), day)
    assert told(bring(campus, user, both, kind="lecture", **given)) == {
        "lecture created": 1, "all_day": 1}  # fmt: skip
    other = campus.user(tier="premium")
    assert told(bring(campus, other, both, kind="assignment")) == {"assignment created": 2}
    assert shown(campus, other, "assignment", "title", "dueAt") == [
        ("Fair", "2027-03-03T23:59:59Z"), ("Logic", "2027-03-01T09:00:00Z")]  # fmt: skip
    assert told(bring(campus, other, wrapped(event(*WEEKLY, uid="3")))) == {"needs_course": 1}
    assert told(bring(campus, other, wrapped(event(*WEEKLY, uid="3")), kind="study_session")) == {
        "unsupported_recurrence": 1}  # fmt: skip
    foreign = str(course(campus, campus.user()))
    assert send(campus, other, both, courseId=foreign).status == 404
    assert send(campus, other, both, kind="lecture").status == 422
    assert campus.call("POST", IMPORTS, other, {}).status == 422


def test_an_import_takes_effect_once(campus: Campus, user: User):
    body = {"text": wrapped(event(*LECTURE))}
    key = {"Idempotency-Key": "once"}
    first = campus.call("POST", IMPORTS, user, body, key)
    second = campus.call("POST", IMPORTS, user, body, key)
    assert (second.status, second.text) == (200, first.text)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert campus.types(user).count("calendar.imported") == 1


def test_what_was_imported_is_forgotten_with_its_item(campus: Campus, user: User):
    bring(campus, user, wrapped(event(*LECTURE)))
    [item] = live(campus, user)
    path = f"{PATHS['study_session']}/{item}"
    assert campus.call("DELETE", path, user).status == 204
    assert told(bring(campus, user, wrapped(event(*LECTURE)))) == {"deleted": 1}
    assert keyed(campus, "DELETE", f"{path}/permanent", user).status == 204
    assert campus.rows("select count(*) from imported_event where user_id = %s", user.id) == [(0,)]
    assert told(bring(campus, user, wrapped(event(*LECTURE)))) == {"study_session created": 1}


LONG = "x" * 200_000
HOSTILE = {
    "secondly": (event(*LECTURE, "RRULE:FREQ=SECONDLY"), {"unsupported_recurrence": 1}),
    "huge count": (event(*LECTURE, "RRULE:FREQ=DAILY;COUNT=999999999"),
                   {"unsupported_recurrence": 1}),
    "never": (event(*LECTURE, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), {"lecture created": 1}),
    "by hour": (event(*LECTURE, "RRULE:FREQ=DAILY;BYHOUR=1,2"), {"unsupported_recurrence": 1}),
    "two rules": (event(*LECTURE, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
                  {"unsupported_recurrence": 1}),
    "many dates": (event(*LECTURE, *["RDATE:20270101T100000Z"] * 500),
                   {"unsupported_recurrence": 1}),
    "no time": (event("SUMMARY:x", "DTSTART:yesterday"), {"invalid": 1}),
    "february 30": (event("SUMMARY:x", "DTSTART:20270230T100000Z"), {"invalid": 1}),
    "24 o'clock": (event("SUMMARY:x", "DTSTART:20270201T240000Z"), {"invalid": 1}),
    "year 1": (event("SUMMARY:x", "DTSTART:00010101T000000Z"), {"out_of_range": 1}),
    "year 9999": (event("SUMMARY:x", "DTSTART:99991231T235959Z"), {"out_of_range": 1}),
    "no date": (event("SUMMARY:x"), {"no_date": 1}),
    "endless": (event("SUMMARY:x", "DTSTART:20270301T100000Z", "DURATION:P99999W"),
                {"too_long": 1}),
    "two years": (event("SUMMARY:x", "DTSTART:20270301T100000Z", "DURATION:P99W"), {"too_long": 1}),
    "backwards": (event("SUMMARY:x", "DTSTART:20270301T100000Z", "DTEND:20270101T100000Z"),
                  {"assignment created": 1}),
    "not closed": (f"BEGIN:VEVENT\r\n{event(*LECTURE)}", {"invalid": 1, "lecture created": 1}),
    "nested": ("BEGIN:VEVENT\r\nBEGIN:X\r\n" * 1 + "BEGIN:Y\r\n" * 20_000, {"invalid": 1}),
    "alarms": (event(*LECTURE, *["BEGIN:VALARM", "SUMMARY:y", "END:VALARM"] * 3),
               {"lecture created": 1}),
    "long line": (event(*LECTURE, f"DESCRIPTION:{LONG}", f"LOCATION:{LONG}"),
                  {"lecture created": 1}),
    "unfolded": (event(*LECTURE, "DESCRIPTION:a", "b goes on", ":::", ";;;=", '"'),
                 {"lecture created": 1}),
    "parameters": (event(*LECTURE, "DESCRIPTION" + ';A="' * 20_000), {"lecture created": 1}),
    "properties": (event(*LECTURE, *["CATEGORIES:a,b"] * 30_000), {"lecture created": 1}),
    "controls": (event(*LECTURE, "LOCATION:a\x00b\x1b[31m\u202e", f"UID:{LONG}"),
                 {"lecture created": 1}),
    "bare line feeds": (event(*LECTURE).replace("\r\n", "\n"), {"lecture created": 1}),
    "carriage returns": (event(*LECTURE).replace("\r\n", "\r"), {"lecture created": 1}),
    "twice": (event(*LECTURE) * 3, {"lecture created": 1, "duplicate": 2}),
    "no name": (event(*LECTURE).replace("UID:1@x\r\n", ""), {"lecture created": 1}),
    "range": (event(*WEEKLY) + event(*MOVED).replace("ID;", "ID;RANGE=THISANDFUTURE;"),
              {"lecture created": 1, "unsupported_recurrence": 1}),
    "no such occurrence": (event(*WEEKLY) + event(*MOVED).replace("20270308", "20270310"),
                           {"lecture created": 1, "no_occurrence": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_does_what_it_can(campus: Campus, user: User, name: str):
    parts, expected = HOSTILE[name]
    given = {"courseId": str(course(campus, user))}
    assert told(bring(campus, user, wrapped(parts), **given)) == expected
    for path in PATHS.values():
        assert campus.call("GET", path, user).status == 200


@pytest.mark.parametrize("text", ["x", "BEGIN:VEVENT\r\nEND:VEVENT", "{}", "BEGIN:VCARD", "\x00"])
def test_what_is_no_calendar_is_refused(campus: Campus, user: User, text: str):
    answer = send(campus, user, text)
    assert (answer.status, answer.json["error"]["details"]["errors"][0]["pointer"]) == (
        422, "/text")  # fmt: skip


def test_an_import_is_bounded(campus: Campus, monkeypatch: pytest.MonkeyPatch):
    admin = campus.user(role="admin")
    many = [event("DTSTART:20270301T100000Z", uid=str(number)) for number in range(6_000)]
    monkeypatch.setattr(calendar_plan, "MOST_CHANGES", 20)
    monkeypatch.setattr(calendar_plan, "MOST_TRIES", 30)
    result = bring(campus, admin, wrapped(*many))
    assert told(result) == {"assignment created": 20, "too_many": 5_980}
    assert len(result["examples"]) == 50
    following = bring(campus, admin, wrapped(*many))
    assert told(following) == {
        "assignment created": 20, "assignment unchanged": 20, "too_many": 5_960}  # fmt: skip
