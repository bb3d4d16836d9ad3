"""Study sessions and their clock: what a client sees."""

from datetime import timedelta

import pytest

from tests.campus import Campus, User
from tests.functions.tasks.planning import DUE, SOON, course, create, reminders

PATH = "/v2/tasks/study-sessions"


def step(campus: Campus, user: User, made: dict, verb: str):
    return campus.call("POST", f"{PATH}/{made['id']}/{verb}", user)


def test_a_planned_session_can_be_read_again(campus: Campus, user: User):
    made = create(campus, user, "study_session", notes="Chapter 3", technique="pomodoro")
    assert campus.call("GET", f"{PATH}/{made['id']}", user).data == made
    assert (made["status"], made["reminders"], made["startsAt"]) == ("planned", [15], DUE)
    assert reminders(campus, user) == [("pending", SOON - timedelta(minutes=15))]
    assert campus.types(user)[-1] == "study_session.created"


def test_only_running_time_is_focus(campus: Campus, user: User):
    made = create(campus, user, "study_session")
    assert step(campus, user, made, "start").data["status"] == "running"
    earlier = "update study_session set running_since = now() - interval '25 minutes' where id = %s"
    campus.admin.execute(earlier, (made["id"],))
    paused = step(campus, user, made, "pause").data
    assert (paused["status"], paused["pauses"], paused["focusSeconds"]) == ("paused", 1, 1500)
    assert step(campus, user, made, "resume").data["focusSeconds"] == 1500
    finished = step(campus, user, made, "finish").data
    assert (finished["status"], finished["focusSeconds"]) == ("finished", 1500)
    assert finished["startedAt"] <= finished["endedAt"]
    told = [kind for kind in campus.types(user) if kind.startswith("study_session.")]
    verbs = [kind.removeprefix("study_session.") for kind in told]
    assert verbs == ["created", "started", "updated", "updated", "finished"]
    assert [status for status, _ in reminders(campus, user)] == ["cancelled"]


def test_repeating_a_step_changes_nothing(campus: Campus, user: User):
    made = create(campus, user, "study_session")
    first, again = (step(campus, user, made, "start") for _ in range(2))
    assert first.data == again.data
    assert campus.types(user).count("study_session.started") == 1


@pytest.mark.parametrize("verb", ["pause", "finish"])
def test_a_step_out_of_turn_is_refused(campus: Campus, user: User, verb: str):
    made = create(campus, user, "study_session")
    answer = step(campus, user, made, verb)
    assert (answer.status, answer.error) == (409, "CONFLICT")
    assert answer.json["error"]["details"] == {"status": "planned"}
    assert campus.call("GET", f"{PATH}/{made['id']}", user).data == made


def test_what_it_refers_to_must_be_there(campus: Campus, user: User):
    mine, stranger = create(campus, user), campus.user()
    theirs = create(campus, stranger)
    given = {"topic": "Ada", "startsAt": DUE}
    for link in ({"assignmentId": theirs["id"]}, {"courseId": str(course(campus, stranger))}):
        assert campus.call("POST", PATH, user, {**given, **link}).status == 404
    made = create(campus, user, "study_session", assignmentId=mine["id"])
    assert made["assignmentId"] == mine["id"]
    listed = campus.call("GET", f"{PATH}?assignmentId={mine['id']}", user)
    assert listed.data == [made]


def test_it_cannot_end_before_it_starts(campus: Campus, user: User):
    given = {"topic": "Ada", "startsAt": DUE, "endsAt": "2026-01-01T10:00:00Z"}
    assert campus.call("POST", PATH, user, given).status == 422
    made = create(campus, user, "study_session")
    answer = campus.call("PATCH", f"{PATH}/{made['id']}", user, {"endsAt": given["endsAt"]})
    assert answer.status == 422


def test_a_patch_moves_the_reminder(campus: Campus, user: User):
    made = create(campus, user, "study_session")
    later = (SOON + timedelta(days=1)).isoformat()
    answer = campus.call(
        "PATCH", f"{PATH}/{made['id']}", user, {"startsAt": later, "confidence": 4}
    )
    assert (answer.status, answer.data["confidence"]) == (200, 4)
    pending = [at for status, at in reminders(campus, user) if status == "pending"]
    assert pending == [SOON + timedelta(days=1, minutes=-15)]


def test_v1_clients_see_their_own_names(campus: Campus, user: User):
    given = {
        "topic": "Ada",
        "session_date": DUE,
        "has_spaced_repetition": True,
        "difficulty_rating": 2,
        "confidence_level": 5,
    }
    answer = campus.call("POST", "/v1/tasks/study-sessions", user, given)
    assert answer.status == 201, answer.text
    assert answer.data.items() >= given.items()
    assert answer.data["time_spent_minutes"] == 0
    assert {"starts_at", "startsAt", "status", "technique"} & answer.data.keys() == set()
    wrong = campus.call("POST", "/v1/tasks/study-sessions", user, {**given, "session_date": 5})
    assert wrong.status == 400
    assert wrong.json["error"]["details"]["errors"][0]["pointer"] == "/session_date"
    listed = campus.call("GET", "/v1/tasks/study-sessions?page=1", user).json
    assert (listed["data"], listed["pagination"]["total"]) == ([answer.data], 1)
