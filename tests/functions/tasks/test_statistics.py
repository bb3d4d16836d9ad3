"""Study time, heatmap, performance and retention as a client sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.tasks import history
from tests.functions.tasks.history import arrive, happen
from tests.functions.tasks.planning import PATHS, course, create

STATS = "/v2/tasks/stats"
TODAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def ago(days: int, hour: int = 12) -> datetime:
    return TODAY.replace(hour=hour) - timedelta(days=days)


def day(days: int) -> str:
    return ago(days).date().isoformat()


def get(campus: Campus, user: User, what: str, query: str = "") -> Any:
    answer = campus.call("GET", f"{STATS}/{what}?{query}", user)
    assert answer.status == 200, answer.text
    return answer.data


def test_nothing_done_is_a_row_of_zeros(campus: Campus, user: User):
    empty = get(campus, user, "study-time")
    assert (empty["focusSeconds"], empty["days"], empty["bestHour"]) == (0, [], None)
    assert (empty["fromOn"], empty["toOn"]) == (day(29), day(0))
    heatmap = get(campus, user, "heatmap")
    assert (heatmap["days"], heatmap["most"], heatmap["fromOn"]) == ([], 0, day(364))
    performance = get(campus, user, "performance")
    assert (performance["reviews"], performance["onTimeRate"], performance["trend"]) == (
        0,
        None,
        None,
    )
    assert get(campus, user, "retention")["score"] is None
    assert get(campus, user, "progress")["activityScore"] == 0


def test_study_time_is_summed_up_by_day_course_hour_and_weekday(campus: Campus, user: User):
    mine = course(campus, user)
    gone = uuid7()
    events = [
        history.finished(ago(40), focus_seconds=9000),
        history.finished(ago(2), started_at=ago(2, 9), focus_seconds=600, course_id=mine),
        history.finished(ago(2), started_at=ago(2, 11), focus_seconds=300),
        history.finished(ago(0), started_at=ago(0, 9), focus_seconds=1200, course_id=gone),
        history.reviewed(ago(1)),
    ]
    arrive(campus, happen(campus, user, *events))
    found = get(campus, user, "study-time")
    assert (found["focusSeconds"], found["sessions"], found["activeDays"]) == (2100, 3, 2)
    assert found["averageSecondsADay"] == 1050
    assert found["days"] == [
        {"on": day(2), "focusSeconds": 900, "sessions": 2},
        {"on": day(0), "focusSeconds": 1200, "sessions": 1},
    ]
    assert found["courses"] == [
        {"courseId": None, "focusSeconds": 1500, "sessions": 2},
        {"courseId": str(mine), "focusSeconds": 600, "sessions": 1},
    ]
    assert [(item["hour"], item["focusSeconds"]) for item in found["hours"]] == [
        (9, 1800),
        (11, 300),
    ]
    assert sum(item["sessions"] for item in found["weekdays"]) == 3
    ranged = get(campus, user, "study-time", f"fromOn={day(50)}&toOn={day(2)}")
    assert (ranged["focusSeconds"], ranged["activeDays"]) == (9900, 2)
    assert str(gone) not in str(found)


def test_the_best_hour_is_known_from_five_times_on(campus: Campus, user: User):
    at = [ago(n, 20) for n in range(4)]
    arrive(campus, happen(campus, user, *(history.reviewed(moment) for moment in at)))
    assert get(campus, user, "study-time")["bestHour"] is None
    bad = [history.reviewed(ago(n, 7), quality=1) for n in range(5)]
    arrive(campus, happen(campus, user, *bad, history.finished(ago(1), started_at=ago(1, 8))))
    assert get(campus, user, "study-time")["bestHour"] == 20


def test_the_heatmap_has_four_levels(campus: Campus, user: User):
    events = [history.reviewed(ago(n)) for n in range(5) for _ in range(2 * n)]
    arrive(campus, happen(campus, user, *events))
    found = get(campus, user, "heatmap")
    assert found["most"] == 8
    levels = {item["on"]: (item["activities"], item["level"]) for item in found["days"]}
    assert levels == {day(n): (2 * n, n) for n in range(1, 5)}


def test_performance_compares_with_as_many_days_before(campus: Campus, user: User):
    events = [
        *(history.reviewed(ago(1), quality=quality) for quality in (5, 4, 0)),
        history.reviewed(ago(8), quality=2),
        history.finished(ago(2), confidence=4, difficulty=2),
        history.finished(ago(2), confidence=2),
    ]
    arrive(campus, happen(campus, user, *events))
    found = get(campus, user, "performance", f"fromOn={day(6)}")
    assert (found["reviews"], found["averageQuality"], found["trend"]) == (3, 3.0, 1.0)
    assert found["recalledRate"] == pytest.approx(2 / 3)
    assert (found["sessions"], found["averageConfidence"], found["averageDifficulty"]) == (2, 3, 2)


def test_a_completion_counts_once_and_not_after_a_reopening(campus: Campus, user: User):
    def done(assignment: UUID, version: int, *, late: bool = False) -> Any:
        return history.completed(ago(1), assignment_id=assignment, late=late,
                                 entity_version=version)  # fmt: skip

    kept, taken_up, again = uuid7(), uuid7(), uuid7()
    events = [
        done(kept, 2),
        done(taken_up, 2),
        history.reopened(taken_up, 3),
        done(again, 2),
        history.reopened(again, 3),
        done(again, 4, late=True),
    ]
    arrive(campus, reversed(happen(campus, user, *events)))
    found = get(campus, user, "performance")
    assert (found["assignmentsCompleted"], found["completedOnTime"]) == (2, 1)
    assert found["onTimeRate"] == 0.5


def test_whether_it_was_late_is_known_from_the_assignment(campus: Campus, user: User):
    past = (TODAY - timedelta(days=2)).isoformat()
    for due in ({}, {"dueAt": past}):
        made = create(campus, user, **due)
        campus.call("POST", f"{PATHS['assignment']}/{made['id']}/complete", user)
    assert campus.deliver() == []
    found = get(campus, user, "performance")
    assert (found["assignmentsCompleted"], found["completedOnTime"]) == (2, 1)


def test_retention_tells_what_sits_of_what_is_there(campus: Campus, user: User):
    ids = [create(campus, user, "study_session")["id"] for _ in range(4)]
    for of, quality in zip(ids, (5, 3, 1, 5), strict=True):
        path = f"{PATHS['study_session']}/{of}/reviews"
        assert campus.call("POST", path, user, {"quality": quality}).status == 201
    assert campus.deliver() == []
    campus.call("DELETE", f"{PATHS['study_session']}/{ids[3]}", user)
    found = get(campus, user, "retention")
    assert (found["mastered"], found["learning"], found["struggling"]) == (1, 1, 1)
    assert (found["topics"], found["averageQuality"], found["score"]) == (3, 3.0, 60.0)


def test_progress_is_ten_points_at_most(campus: Campus, user: User):
    for _ in range(2):
        create(campus, user)
    arrive(campus, happen(campus, user, *(history.finished(ago(n)) for n in (0, 6, 7))))
    found = get(campus, user, "progress")
    assert found == {"activityScore": 4, "sessionsLast7Days": 2, "upcomingAssignments": 2}
    arrive(campus, happen(campus, user, *(history.finished(ago(1)) for _ in range(20))))
    assert get(campus, user, "progress")["activityScore"] == 10


@pytest.mark.parametrize(
    "query",
    [
        "fromOn=2026-02-01&toOn=2026-01-01",
        "fromOn=2024-01-01&toOn=2026-01-01",
        "fromOn=1900-01-01",
        "fromOn=2026-02-30",
        "fromOn=yesterday",
        "toOn=2026-01-01T10:00:00Z",
        "from=2026-01-01",
    ],
)
def test_a_range_that_makes_no_sense_is_refused(campus: Campus, user: User, query: str):
    for what in ("study-time", "heatmap", "performance"):
        answer = campus.call("GET", f"{STATS}/{what}?{query}", user)
        assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")


def test_nobody_else_sees_it(campus: Campus, user: User):
    arrive(campus, happen(campus, user, history.finished(ago(0)), history.reviewed(ago(0))))
    other = campus.user()
    assert get(campus, other, "study-time")["sessions"] == 0
    assert get(campus, other, "heatmap")["days"] == []
    assert get(campus, other, "performance")["reviews"] == 0
    assert get(campus, other, "streak")["longestDays"] == 0


@pytest.mark.parametrize("what", ["streak", "performance", "progress", "study-time", "retention"])
def test_the_predecessors_analytics_answer_in_its_names(campus: Campus, user: User, what: str):
    arrive(campus, happen(campus, user, history.finished(ago(0))))
    answer = campus.call("GET", f"/functions/v1/learning-analytics/{what}", user)
    assert answer.status == 200, answer.text
    assert not any(name != name.lower() for name in answer.data)
    assert answer.data == campus.call("GET", f"/v1/tasks/stats/{what}", user).data
