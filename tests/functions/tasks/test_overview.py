"""Home screen and counts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.campus import Campus, User
from tests.functions.tasks.planning import DUE, SOON, create


def home(campus: Campus, user: User) -> dict[str, Any]:
    answer = campus.call("GET", "/v2/tasks/home", user)
    assert answer.status == 200, answer.text
    return answer.data


def test_an_empty_home(campus: Campus, user: User):
    found = home(campus, user)
    assert found == {
        "nextTask": None,
        "today": {"assignments": 0, "lectures": 0, "studySessions": 0, "reviews": 0},
        "month": {"used": 0, "limit": 15, "resetsAt": None},
    }


def test_the_next_task_is_the_nearest_of_any_kind(campus: Campus, user: User):
    done = create(campus, user, dueAt=(SOON - timedelta(days=2)).isoformat())
    campus.call("POST", f"/v2/tasks/assignments/{done['id']}/complete", user)
    create(campus, user, "study_session")
    past = (SOON - timedelta(days=11)).strftime("%Y-%m-%dT%H:%M:%S")
    lecture = create(campus, user, "lecture", startLocal=past, recurrence="FREQ=DAILY;INTERVAL=2")
    following = home(campus, user)["nextTask"]
    assert (following["kind"], following["id"]) == ("lecture", lecture["id"])
    assert SOON - timedelta(days=3) < datetime.fromisoformat(following["occursAt"]) < SOON


def test_today_is_the_users_day(campus: Campus, user: User):
    zone = ZoneInfo("Pacific/Kiritimati")
    campus.admin.execute("update app_user set timezone = %s where id = %s", (zone.key, user.id))
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for at in (midnight, midnight + timedelta(hours=23, minutes=59), midnight + timedelta(days=1)):
        create(campus, user, dueAt=at.astimezone(UTC).isoformat())
    yesterday = (midnight - timedelta(days=1, hours=-9)).strftime("%Y-%m-%dT%H:%M:%S")
    create(
        campus, user, "lecture", startLocal=yesterday, timezone=zone.key, recurrence="FREQ=DAILY"
    )
    today = home(campus, user)["today"]
    assert today == {"assignments": 2, "lectures": 1, "studySessions": 0, "reviews": 0}


def test_the_month_counts_what_was_not_taken_back_at_once(campus: Campus, user: User):
    kept, mistaken = create(campus, user), create(campus, user)
    campus.call("DELETE", f"/v2/tasks/assignments/{mistaken['id']}", user)
    month = home(campus, user)["month"]
    assert month["used"] == 1
    ends = datetime.fromisoformat(month["resetsAt"])
    assert ends - datetime.fromisoformat(kept["createdAt"]) == timedelta(days=30)


def test_admins_have_no_limit(campus: Campus, admin: User):
    assert home(campus, admin)["month"]["limit"] is None


def test_v1_clients_see_their_own_home(campus: Campus, user: User):
    create(campus, user)
    found = campus.call("GET", "/v1/tasks/home", user).data
    assert found["next_upcoming_task"]["type"] == "assignment"
    assert found["today_overview"] == {
        "assignments": 0,
        "lectures": 0,
        "study_sessions": 0,
        "reviews": 0,
    }
    assert found["monthly_task_count"] == 1


def test_counts_by_kind_course_time_and_state(campus: Campus, user: User):
    lecture, made = create(campus, user, "lecture"), create(campus, user)
    campus.call("POST", f"/v2/tasks/assignments/{made['id']}/complete", user)

    def count(query: str = "") -> tuple[int, ...]:
        return tuple(campus.call("GET", f"/v2/tasks/count{query}", user).data.values())

    assert count() == (1, 1, 0, 2)
    assert count("?done=true") == (1, 0, 0, 1)
    assert count(f"?courseId={lecture['courseId']}") == (0, 1, 0, 1)
    assert count(f"?after={DUE}") == (1, 1, 0, 2)
    assert count(f"?before={DUE}") == (0, 0, 0, 0)
