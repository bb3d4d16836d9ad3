"""Lectures: what a client sees."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.campus import Campus, User
from tests.functions.tasks.planning import DUE, SOON, course, create, keyed, reminders

WEEKLY = "FREQ=WEEKLY;COUNT=4"


def test_a_lecture_is_planned_on_the_wall_clock(campus: Campus, user: User):
    made = create(campus, user, "lecture", startLocal="2026-12-01T10:00", timezone="Europe/Berlin")
    assert made["startLocal"] == "2026-12-01T10:00:00"
    assert made["startsAt"] == "2026-12-01T09:00:00Z"
    assert (made["durationMinutes"], made["kind"], made["reminders"]) == (60, "lecture", [30])
    read = campus.call("GET", f"/v2/tasks/lectures/{made['id']}", user)
    assert read.data == made
    assert campus.types(user)[-1] == "lecture.created"


def test_every_occurrence_of_a_series_is_reminded_of(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence=WEEKLY, reminders=[30, 1440])
    assert made["recurrence"] == WEEKLY
    expected = sorted(
        SOON + timedelta(weeks=week, minutes=-minutes)
        for week in range(4)
        for minutes in (30, 1440)
    )
    assert reminders(campus, user) == [("pending", at) for at in expected]
    used = campus.call("GET", "/v2/tasks/home", user).data["month"]["used"]
    assert used == 1


def test_moving_a_series_moves_its_reminders(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence=WEEKLY)
    later = (SOON + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    path = f"/v2/tasks/lectures/{made['id']}"
    answer = campus.call("PATCH", path, user, {"startLocal": later, "recurrence": None})
    assert answer.status == 200, answer.text
    assert answer.data["recurrence"] is None
    pending = [at for status, at in reminders(campus, user) if status == "pending"]
    assert pending == [SOON + timedelta(minutes=30)]
    assert campus.types(user)[-1] == "lecture.updated"


def test_an_empty_patch_changes_nothing(campus: Campus, user: User):
    made = create(campus, user, "lecture")
    answer = campus.call("PATCH", f"/v2/tasks/lectures/{made['id']}", user, {})
    assert answer.data == made
    assert "lecture.updated" not in campus.types(user)


@pytest.mark.parametrize(
    "wrong",
    [
        {"startLocal": "2026-12-01T10:00Z"},
        {"startLocal": "2026-12-01T25:00"},
        {"timezone": "Mars/Phobos"},
        {"durationMinutes": 0},
        {"recurrence": "FREQ=WEEKLY;COUNT=10000"},
        {"recurrence": "FREQ=WEEKLY;COUNT=2;UNTIL=20270101"},
        {"recurrence": "FREQ=WEEKLY;BYDAY=XX"},
        {"recurrence": "FREQ=WEEKLY;UNTIL=20270231"},
        {"recurrence": "FREQ=WEEKLY;FREQ=DAILY"},
    ],
)
def test_what_cannot_be_planned_is_refused(campus: Campus, user: User, wrong: dict[str, str]):
    given = {"courseId": str(course(campus, user)), "title": "x", "startLocal": "2026-12-01T10:00"}
    answer = campus.call("POST", "/v2/tasks/lectures", user, {**given, **wrong})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == f"/{next(iter(wrong))}"


def test_a_lecture_needs_an_open_course_of_ones_own(campus: Campus, user: User):
    foreign = str(course(campus, campus.user()))
    given = {"courseId": foreign, "title": "Logic", "startLocal": "2026-12-01T10:00"}
    assert campus.call("POST", "/v2/tasks/lectures", user, given).status == 404
    made = create(campus, user, "lecture")
    path = f"/v2/tasks/lectures/{made['id']}"
    assert campus.call("PATCH", path, user, {"courseId": foreign}).status == 404
    assert campus.call("PATCH", path, user, {"courseId": None}).status == 422


def test_the_list_is_filtered_sorted_and_searched(campus: Campus, user: User):
    exam = create(campus, user, "lecture", title="Final exam", kind="exam")
    create(campus, user, "lecture", title="Algebra")
    path = "/v2/tasks/lectures"
    titles = [item["title"] for item in campus.call("GET", f"{path}?sort=title", user).data]
    assert titles == ["Algebra", "Final exam"]
    for query in ("kind=exam", "q=final", f"courseId={exam['courseId']}"):
        assert campus.call("GET", f"{path}?{query}", user).data == [exam]
    assert campus.call("GET", f"{path}?startsBefore=2020-01-01T00:00:00Z", user).data == []


def test_v1_clients_see_names_times_and_occurrences(campus: Campus, user: User):
    given = {
        "course_id": str(course(campus, user)),
        "lecture_name": "Logic",
        "start_time": DUE,
        "end_time": (SOON + timedelta(minutes=90)).isoformat(),
        "is_recurring": True,
        "recurring_pattern": "bi-weekly",
        "venue": "Room 7",
    }
    answer = campus.call("POST", "/v1/tasks/lectures", user, given)
    assert answer.status == 201, answer.text
    data = answer.data
    assert (data["lecture_name"], data["venue"], data["is_recurring"]) == ("Logic", "Room 7", True)
    assert (data["recurring_pattern"], data["start_time"]) == ("biweekly", DUE)
    assert data["lecture_date"] == DUE
    assert datetime.fromisoformat(data["end_time"]) - SOON == timedelta(minutes=90)
    assert len(data["occurrences"]) == 16
    assert {"title", "recurrence", "startLocal", "start_local", "timezone"} & data.keys() == set()
    path = f"/v1/tasks/lectures/{data['id']}"
    once = campus.call("PUT", path, user, {"is_recurring": False, "lecture_name": "Sets"}).data
    assert (once["lecture_name"], once["recurring_pattern"]) == ("Sets", None)
    assert once["occurrences"] == [DUE]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"lecture_name": "x" * 36}, "/lecture_name"),
        ({"start_time": "soon"}, "/start_time"),
        ({"end_time": "2020-01-01T00:00:00Z"}, "/end_time"),
        ({"recurring_pattern": "sometimes"}, "/recurring_pattern"),
        ({"recurring_pattern": ["weekly"]}, "/recurring_pattern"),
        ({"venue": 5}, "/venue"),
    ],
)
def test_v1_errors_name_v1_fields(campus: Campus, user: User, wrong: dict, pointer: str):
    given = {"course_id": str(course(campus, user)), "lecture_name": "Logic", "start_time": DUE}
    answer = campus.call("POST", "/v1/tasks/lectures", user, {**given, **wrong})
    assert (answer.status, answer.error) == (400, "VALIDATION_ERROR"), answer.text
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == pointer


def test_a_lecture_comes_back_from_the_trash(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence=WEEKLY)
    path = f"/v2/tasks/lectures/{made['id']}"
    assert campus.call("DELETE", path, user).status == 204
    assert reminders(campus, user) == []
    back = keyed(campus, "POST", f"{path}/restore", user)
    assert back.status == 200, back.text
    unchanged = {"version", "updatedAt"}
    assert {k: v for k, v in back.data.items() if k not in unchanged} == {
        k: v for k, v in made.items() if k not in unchanged
    }
    assert len(reminders(campus, user)) == 4
    assert campus.types(user)[-2:] == ["lecture.deleted", "lecture.restored"]
    assert datetime.fromisoformat(back.data["updatedAt"]) <= datetime.now(UTC)
