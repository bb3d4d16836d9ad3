"""What is read for streak and statistics follows from the event history alone: dropped and built
again it is equal, whatever came late, twice or in another order."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.tasks import AssignmentCompleted, StudySessionFinished
from functions.tasks.activity import TYPES
from functions.tasks.subscribers import subscribers
from shared.facts import Event
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.tasks import history
from tests.functions.tasks.history import arrive, drop, happen, projection, rebuild, streak

NOW = datetime.now(UTC)
ASSIGNMENTS = [uuid7() for _ in range(3)]
SESSIONS = [uuid7() for _ in range(3)]
AT = st.integers(0, 20 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
ZONE = st.sampled_from(["UTC", "Pacific/Auckland", "America/New_York", "Asia/Kathmandu"])
OF = {"course_id": st.sampled_from([None, uuid7()])}
RATING = st.none() | st.integers(1, 5)
FACTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        history.completed,
        AT,
        ZONE,
        assignment_id=st.sampled_from(ASSIGNMENTS),
        late=st.booleans(),
        entity_version=st.integers(1, 9),
        **OF,
    ),
    st.builds(history.answered, AT, ZONE, rating=st.sampled_from(["again", "good", "easy"]), **OF),
    st.builds(history.reopened, st.sampled_from(ASSIGNMENTS), st.integers(1, 9)),
    st.builds(
        history.finished,
        AT,
        ZONE,
        study_session_id=st.sampled_from(SESSIONS),
        focus_seconds=st.integers(0, 10_000),
        started_at=st.none() | AT,
        confidence=RATING,
        difficulty=RATING,
        **OF,
    ),
    st.builds(
        history.reviewed,
        AT,
        ZONE,
        quality=st.integers(0, 5),
        study_session_id=st.sampled_from(SESSIONS),
        **OF,
    ),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=st.lists(FACTS, max_size=12), order=st.randoms(use_true_random=False))
def test_any_history_in_any_order_is_built_again_equal(
    campus: Campus, events: list[Event], order: Random
):
    user = campus.user()
    facts = happen(campus, user, *events)
    repeats = order.sample(facts, len(facts) // 2)
    arrive(campus, order.sample(facts + repeats, len(facts + repeats)))
    history.forget_deliveries(campus, facts)
    arrive(campus, repeats)
    before = projection(campus, user)
    assert len(before[0]) == len(facts)
    drop(campus, user)
    rebuild(campus, user)
    assert projection(campus, user) == before
    rebuild(campus, user)
    assert projection(campus, user) == before


def test_a_fact_that_arrives_after_the_rebuild_that_has_read_it_counts_once(
    campus: Campus, user: User
):
    facts = happen(campus, user, *(history.finished(NOW - timedelta(n)) for n in (0, 1)))
    rebuild(campus, user)
    before = projection(campus, user)
    assert streak(campus, user) == (2, 2)
    arrive(campus, facts)
    assert projection(campus, user) == before


def test_a_rebuild_tells_of_a_streak_only_if_it_was_wrong(campus: Campus, user: User):
    arrive(campus, happen(campus, user, history.finished(NOW)))
    assert rebuild(campus, user)["events"] == 1
    assert campus.types(user).count("streak.updated") == 1
    campus.admin.execute("update streak set current_days = 9 where user_id = %s", (user.id,))
    rebuild(campus, user)
    assert campus.types(user).count("streak.updated") == 2
    assert streak(campus, user) == (1, 1)


def test_more_facts_than_are_read_at_once_are_read(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("functions.tasks.activity.BATCH", 2)
    happen(campus, user, *(history.reviewed(NOW - timedelta(n)) for n in range(5)))
    assert rebuild(campus, user)["events"] == 5
    assert streak(campus, user) == (5, 5)


def test_a_run_that_is_out_of_time_is_continued(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    users = [user, campus.user()]
    for person in users:
        happen(campus, person, history.finished(NOW))
    monkeypatch.setattr("functions.tasks.subscribers.USERS", 1)
    left = iter([30.0, 1.0])
    monkeypatch.setattr("shared.consumer.ScheduledRun.seconds_left", lambda _: next(left, 30.0))
    assert rebuild(campus, user)["users"] == 1
    assert [streak(campus, person) for person in users] == [(1, 1), (0, 0)]
    assert campus.run("tasks", "rebuild_statistics")["users"] == 1
    assert [streak(campus, person) for person in users] == [(1, 1), (1, 1)]


def test_facts_of_older_versions_are_read(campus: Campus, user: User):
    """As they lie in the history since before they told the time zone."""
    at = NOW.isoformat()
    known = {"studySessionId": str(uuid7()), "courseId": None}
    for kind, entity, data in (
        ("study_session.finished", "study_session",
         {**known, "focusSeconds": 60, "finishedAt": at}),
        ("assignment.completed", "assignment",
         {"assignmentId": str(uuid7()), "courseId": None, "completedAt": at}),
    ):  # fmt: skip
        campus.admin.execute(
            "insert into event (id, occurred_at, type, version, source, actor_type, user_id,"
            " entity_type, entity_id, entity_version, audience, correlation_id, data)"
            " values (%s, now(), %s, 1, 'campus.tasks', 'user', %s, %s, %s, 1, 'user', 'x', %s)",
            (uuid7(), kind, user.id, entity, next(iter(data.values())), json.dumps(data)),
        )
    assert rebuild(campus, user)["events"] == 2
    kinds = campus.rows("select kind, on_day from activity where user_id = %s order by 1", user.id)
    assert kinds == [("completion", NOW.date()), ("session", NOW.date())]


def test_what_is_kept_is_what_is_read_again():
    reactions = [s for s in subscribers.subscribers if s.name.startswith("count_")]
    kept = {s.event.type for s in reactions if s.event.entity != "template"}
    assert kept == set(TYPES)
    assert {AssignmentCompleted.type, StudySessionFinished.type} <= kept


def test_a_user_sees_no_activity_of_others(campus: Campus, user: User):
    arrive(campus, happen(campus, user, history.finished(NOW)))
    with campus.admin.transaction():
        campus.admin.execute("set local role campus_app")
        for person, seen in ((user.id, 1), (UUID(int=user.id.int - 1), 0)):
            campus.admin.execute("select set_config('app.user_id', %s, true)", (str(person),))
            row = campus.admin.execute("select count(*) from activity").fetchone()
            assert row == (seen,)
