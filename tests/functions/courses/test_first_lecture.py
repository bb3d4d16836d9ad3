"""A course with its first lecture: once or as a series, all of it or nothing."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.campus import Campus, User

BERLIN = {"startLocal": "2026-10-12T10:15", "timezone": "Europe/Berlin", "durationMinutes": 90}
LECTURES = """select id, title, start_local, timezone, starts_at, duration_minutes, recurrence,
    location, reminders from lecture where user_id = %s and course_id = %s"""
REMINDERS = """select r.occurs_at, r.offset_minutes from reminder r
    join lecture l on l.id = r.lecture_id where l.course_id = %s order by 1, 2"""


def create(campus: Campus, user: User, lecture: dict, **fields: object) -> dict:
    body = {"title": "Analysis", "firstLecture": lecture, **fields}
    answer = campus.call("POST", "/v2/courses", user, body)
    assert answer.status == 201, answer.text
    return answer.data


def test_a_first_lecture_comes_with_the_course(campus: Campus, user: User):
    made = create(campus, user, {**BERLIN, "title": "Kick-off", "location": "Hall 1"})
    assert made["counts"] == {"assignments": 0, "lectures": 1, "studySessions": 0}
    assert campus.call("GET", f"/v2/courses/{made['id']}", user).data == made
    [row] = campus.rows(LECTURES, user.id, made["id"])
    assert row[1:] == (
        "Kick-off",
        datetime(2026, 10, 12, 10, 15),
        "Europe/Berlin",
        datetime(2026, 10, 12, 8, 15, tzinfo=UTC),
        90,
        None,
        "Hall 1",
        [30],
    )
    assert set(campus.types(user)) == {"course.created", "lecture.created"}
    [(data,)] = campus.rows(
        "select data from event where user_id = %s and type = 'course.created'", user.id
    )
    assert data["firstLectureId"] == str(row[0])


@given(
    weeks=st.sampled_from([("weekly", 1), ("biweekly", 2)]),
    offsets=st.sets(st.sampled_from([5, 15, 30, 60, 120, 1440]), max_size=3),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
    days=st.integers(2, 365),
    hour=st.integers(8, 20),  # an hour that exists on every day, also when the clocks change
)
@settings(max_examples=10, deadline=None)
def test_a_series_has_16_occurrences_at_the_same_local_time(
    campus: Campus, weeks: tuple[str, int], offsets: set[int], zone: str, days: int, hour: int
):
    start = datetime.combine(date.today() + timedelta(days=days), time(hour, 15))
    user, (recurrence, interval) = campus.user(), weeks
    lecture = {
        "startLocal": start.isoformat(),
        "timezone": zone,
        "recurrence": recurrence,
        "reminders": sorted(offsets),
    }
    made = create(campus, user, lecture)
    [row] = campus.rows(LECTURES, user.id, made["id"])
    assert row[6].startswith("FREQ=WEEKLY;")
    assert row[6].endswith(";COUNT=16")
    expected = [
        ((start + timedelta(weeks=n * interval)).replace(tzinfo=ZoneInfo(zone)), offset)
        for n in range(16)
        for offset in sorted(offsets)
    ]
    assert campus.rows(REMINDERS, made["id"]) == expected
    used = campus.rows("select used from task_allowance(%s)", user.id)
    assert used == [(1,)]


def test_v1_gives_instants_and_reminders_beside_the_lecture(campus: Campus, user: User):
    body = {
        "course_name": "Analysis",
        "lecture": {
            "start": "2027-11-22T10:00:00.000+01:00",
            "end": "2027-11-22T11:30:00.000+01:00",
            "recurrence": "bi-weekly",
            "venue": "Hall 1",
        },
        "reminders": [15, 60],
    }
    answer = campus.call("POST", "/v1/courses", user, body)
    assert answer.status == 201, answer.text
    assert answer.data["lectures_count"] == 1
    [row] = campus.rows(LECTURES, user.id, answer.data["id"])
    assert row[1] == "Analysis"
    assert row[4] == datetime(2027, 11, 22, 9, tzinfo=UTC)
    assert row[5:] == (90, "FREQ=WEEKLY;INTERVAL=2;COUNT=16", "Hall 1", [15, 60])
    assert len(campus.rows(REMINDERS, answer.data["id"])) == 32
    wrong = {**body, "lecture": {"start": "tomorrow", "recurrence": "hourly"}}
    refused = campus.call("POST", "/v1/courses", user, wrong)
    assert refused.status == 400
    pointers = [e["pointer"] for e in refused.json["error"]["details"]["errors"]]
    assert pointers == ["/lecture/start", "/lecture/recurrence"]


def test_without_a_time_zone_the_profile_says_it(campus: Campus, user: User):
    campus.rows("update app_user set timezone = 'Asia/Tokyo' where id = %s returning id", user.id)
    made = create(campus, user, {"startLocal": "2026-11-23T10:00", "endLocal": "2026-11-23T11:30"})
    [row] = campus.rows(LECTURES, user.id, made["id"])
    assert (row[4], row[5]) == (datetime(2026, 11, 23, 1, tzinfo=UTC), 90)


def test_without_room_for_the_lecture_there_is_no_course(campus: Campus, user: User):
    due = {"title": "Essay", "dueAt": "2027-01-10T10:00:00Z"}
    for _ in range(15):
        assert campus.call("POST", "/v2/tasks/assignments", user, due).status == 201
    body = {"title": "Analysis", "firstLecture": BERLIN}
    answer = campus.call("POST", "/v2/courses", user, body)
    assert (answer.status, answer.error) == (403, "TASK_LIMIT_EXCEEDED")
    details = answer.json["error"]["details"]
    assert (details["limit"], details["used"]) == (15, 15)
    assert details["resetsAt"] > datetime.now(UTC).isoformat()
    assert campus.call("GET", "/v2/courses", user).data == []
    assert "course.created" not in campus.types(user)
    assert campus.call("POST", "/v2/courses", user, {"title": "Analysis"}).status == 201


def test_the_plan_limits_its_reminders(campus: Campus, user: User):
    lecture = {**BERLIN, "reminders": [5, 15, 30, 60]}
    body = {"title": "Analysis", "firstLecture": lecture}
    answer = campus.call("POST", "/v2/courses", user, body)
    assert (answer.status, answer.error) == (403, "TASK_LIMIT_EXCEEDED")
    assert answer.json["error"]["details"] == {"limit": 3, "used": 4, "resetsAt": None}
    assert campus.call("GET", "/v2/courses", user).data == []


@pytest.mark.parametrize(
    "lecture",
    [
        {},
        {"startLocal": "2026-11-23T10:00Z"},
        {"startLocal": "2026-11-23 10:00"},
        {"startLocal": "2026-11-31T10:00"},
        {"startLocal": "1600-01-01T10:00"},
        {"startLocal": "9999-01-01T10:00"},
        {**BERLIN, "timezone": "Europe/Atlantis"},
        {**BERLIN, "durationMinutes": 0},
        {**BERLIN, "durationMinutes": 1441},
        {**BERLIN, "endLocal": "2026-10-12T11:00"},
        {"startLocal": "2026-11-23T10:00", "endLocal": "2026-11-23T10:00"},
        {"startLocal": "2026-11-23T10:00", "endLocal": "2026-11-25T10:00"},
        {**BERLIN, "recurrence": "daily"},
        {**BERLIN, "reminders": [7]},
    ],
)
def test_an_impossible_lecture_is_refused(campus: Campus, user: User, lecture: dict):
    body = {"title": "Analysis", "firstLecture": lecture}
    answer = campus.call("POST", "/v2/courses", user, body)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR"), answer.text
    [error] = answer.json["error"]["details"]["errors"]
    assert error["pointer"].startswith("/firstLecture")
    assert campus.call("GET", "/v2/courses", user).data == []
