"""The clock of a study session as a machine of states, and what it tells."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import create, keyed

PATH = "/v2/tasks/study-sessions"
STEPS = {
    "start": ("running", {"planned"}),
    "pause": ("paused", {"running"}),
    "resume": ("running", {"paused"}),
    "finish": ("finished", {"running", "paused"}),
}
TOLD = {"start": "started", "pause": "updated", "resume": "updated", "finish": "finished"}


def step(campus: Campus, user: User, session: Any, verb: str, body: Any = None) -> Answer:
    return campus.call("POST", f"{PATH}/{session['id']}/{verb}", user, body)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(verbs=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=12))
def test_whatever_is_pressed_the_clock_is_in_one_state(campus: Campus, verbs: list[str]):
    user = campus.user(tier="premium")
    session = create(campus, user, "study_session")
    status, pauses, told = "planned", 0, ["created"]
    for verb in verbs:
        wanted, ready = STEPS[verb]
        answer = step(campus, user, session, verb)
        if status in ready:
            status, pauses = wanted, pauses + (verb == "pause")
            told.append(TOLD[verb])
        if status == wanted:
            assert (answer.status, answer.data["status"]) == (200, status)
        else:
            assert (answer.status, answer.error) == (409, "CONFLICT")
            assert answer.json["error"]["details"] == {"status": status}
        now = campus.call("GET", f"{PATH}/{session['id']}", user).data
        assert (now["status"], now["pauses"]) == (status, pauses)
        assert now["version"] == len(told)
    kinds = [kind for kind in campus.types(user) if kind.startswith("study_session.")]
    assert [kind.removeprefix("study_session.") for kind in kinds] == told


def test_how_it_is_begun_and_how_it_went_can_be_said(campus: Campus, user: User):
    session = create(campus, user, "study_session", technique="free", confidence=1)
    begun = step(campus, user, session, "start", {"technique": "pomodoro"})
    assert begun.data["technique"] == "pomodoro"
    ended = step(campus, user, session, "finish", {"difficulty": 4}).data
    assert (ended["confidence"], ended["difficulty"]) == (1, 4)
    [data] = campus.rows(
        "select data from event where user_id = %s and type = 'study_session.finished'", user.id
    )
    assert data[0] == {
        "studySessionId": session["id"],
        "courseId": None,
        "focusSeconds": ended["focusSeconds"],
        "startedAt": ended["startedAt"],
        "finishedAt": ended["endedAt"],
        "timezone": "UTC",
        "pauses": 0,
        "technique": "pomodoro",
        "confidence": 1,
        "difficulty": 4,
    }


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("start", {"technique": "sleep"}),
        ("start", {"confidence": 3}),
        ("finish", {"confidence": 0}),
        ("finish", {"difficulty": 6}),
        ("finish", {"difficulty": "4"}),
        ("finish", {"focusSeconds": 90000}),
        ("finish", []),
    ],
    ids=str,
)
def test_what_cannot_be_said_changes_nothing(campus: Campus, user: User, verb: str, body: Any):
    session = create(campus, user, "study_session")
    if verb == "finish":
        session = step(campus, user, session, "start").data
    assert step(campus, user, session, verb, body).status == 422
    assert campus.call("GET", f"{PATH}/{session['id']}", user).data == session


def test_a_key_starts_once(campus: Campus, user: User):
    session = create(campus, user, "study_session")
    key = {"Idempotency-Key": "begin"}
    path = f"{PATH}/{session['id']}/start"
    first, again = (campus.call("POST", path, user, None, key) for _ in range(2))
    assert first.text == again.text
    assert again.headers["Idempotency-Replayed"] == "true"
    assert campus.types(user).count("study_session.started") == 1


def test_nobody_else_runs_the_clock(campus: Campus, user: User):
    session = create(campus, user, "study_session")
    other = campus.user()
    for verb in STEPS:
        answer = keyed(campus, "POST", f"{PATH}/{session['id']}/{verb}", other)
        assert (answer.status, answer.error) == (404, "NOT_FOUND")


def test_an_outdated_version_is_refused(campus: Campus, user: User):
    session = create(campus, user, "study_session")
    tag = campus.call("GET", f"{PATH}/{session['id']}", user).headers["ETag"]
    path = f"{PATH}/{session['id']}/start"
    assert campus.call("POST", path, user, None, {"If-Match": tag}).status == 200
    path = f"{PATH}/{session['id']}/pause"
    refused = campus.call("POST", path, user, None, {"If-Match": tag})
    assert (refused.status, refused.error) == (412, "PRECONDITION_FAILED")


def test_a_topic_for_spaced_repetition_is_due_the_day_after(campus: Campus, user: User):
    session = create(campus, user, "study_session", spacedRepetition=True)
    step(campus, user, session, "start")
    ended = step(campus, user, session, "finish").data
    rows = campus.rows(
        "select review_due_at - ended_at = interval '1 day' from study_session where id = %s",
        session["id"],
    )
    assert rows == [(True,)]
    assert ended["reviewDueAt"] > ended["endedAt"]
    without = campus.call("PATCH", f"{PATH}/{session['id']}", user, {"spacedRepetition": False})
    assert without.data["reviewDueAt"] is None
    again = campus.call("PATCH", f"{PATH}/{session['id']}", user, {"spacedRepetition": True})
    assert again.data["reviewDueAt"] == ended["reviewDueAt"]
