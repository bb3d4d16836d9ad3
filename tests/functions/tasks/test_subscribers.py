"""What tasks does when something happens elsewhere, and what others ask of it."""

import itertools
import os
from threading import Thread
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.facts import Event
from tests.campus import Campus, User
from tests.functions.tasks.planning import (
    DUE,
    KINDS,
    PATHS,
    course,
    create,
    delete_course,
    live,
    restore_course,
    tell,
)


def plan(campus: Campus, user: User) -> tuple[Any, set[str]]:
    """A course with one item of each kind, and the ids of these."""
    course_id = course(campus, user)
    return course_id, {create(campus, user, kind, courseId=str(course_id))["id"] for kind in KINDS}


def ask(campus: Campus, user: User, text: str, *parameters: Any) -> Any:
    """What the application sees for this user."""
    with campus.admin.transaction():
        campus.admin.execute("set local role campus_app")
        campus.admin.execute("select set_config('app.user_id', %s, true)", (str(user.id),))
        return campus.admin.execute(text, parameters).fetchone()


def test_a_deleted_course_takes_its_items_and_gives_back_exactly_them(campus: Campus, user: User):
    course_id, ids = plan(campus, user)
    other, before = create(campus, user)["id"], create(campus, user, courseId=str(course_id))["id"]
    campus.call("DELETE", f"{PATHS['assignment']}/{before}", user)
    gone = delete_course(campus, user, course_id)
    tell(campus, user, gone)
    assert live(campus, user) == {other}
    tell(campus, user, restore_course(campus, user, course_id))
    assert live(campus, user) == ids | {other}


def test_the_preview_comes_true(campus: Campus, user: User):
    course_id, _ = plan(campus, user)
    whole = create(campus, user, courseId=str(course_id), reminders=[5, 60])["id"]
    create(campus, user, parentId=whole)
    create(campus, user, "lecture", courseId=str(course_id), recurrence="FREQ=DAILY;COUNT=5")
    preview = ask(campus, user, "select * from course_items(%s)", course_id)
    gone = delete_course(campus, user, course_id)
    tell(campus, user, gone)
    tables = ("assignment", "lecture", "study_session", "reminder")
    counted = tuple(
        campus.rows(f"select count(*) from {name} where deletion_id = %s", gone.deletion_id)[0][0]
        for name in tables
    )
    assert preview == counted
    assert counted == (3, 2, 1, 1 + 2 + 1 + 1 + 5 + 1)
    assert ask(campus, campus.user(), "select * from course_items(%s)", course_id) == (0, 0, 0, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_events_of_a_course_may_come_in_any_order_and_twice(
    campus: Campus, premium: User, order: tuple[int, ...]
):
    course_id, ids = plan(campus, premium)
    facts = [delete_course(campus, premium, course_id), restore_course(campus, premium, course_id)]
    facts.append(delete_course(campus, premium, course_id))
    for number in [*order, *order]:
        tell(campus, premium, facts[number])
    assert live(campus, premium) == set()
    tell(campus, premium, restore_course(campus, premium, course_id))
    assert live(campus, premium) == ids


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_items_follow_their_course_whatever_is_late(campus: Campus, data: st.DataObject):
    """Changes of a course and arrivals of their facts, interleaved; at the end all have come."""
    user = campus.user(tier="premium")
    course_id, ids = plan(campus, user)
    late: list[Event] = []
    is_live = True
    for change in data.draw(st.lists(st.booleans(), max_size=8)):
        if change:
            late.append((delete_course if is_live else restore_course)(campus, user, course_id))
            is_live = not is_live
        elif late:
            tell(campus, user, late.pop(data.draw(st.integers(0, len(late) - 1))))
    tell(campus, user, *data.draw(st.permutations(late)))
    assert live(campus, user) == (ids if is_live else set())


def test_nothing_is_added_under_a_deleted_course(campus: Campus, user: User):
    course_id = course(campus, user)
    delete_course(campus, user, course_id)
    given = {"title": "x", "dueAt": DUE, "courseId": str(course_id)}
    assert campus.call("POST", PATHS["assignment"], user, given).status == 404


def test_an_item_that_is_being_made_while_its_course_goes_goes_too(campus: Campus, user: User):
    course_id, made = course(campus, user), create(campus, user)
    gone = delete_course(campus, user, course_id)
    with psycopg.connect(os.environ["DATABASE_URL"]) as slow:
        slow.execute(
            "select pg_advisory_xact_lock(hashtextextended('tasks' || %s::text, 0))", (user.id,)
        )
        move = "update assignment set course_id = %s where id = %s"
        slow.execute(move, (course_id, made["id"]))
        cascade = Thread(target=tell, args=(campus, user, gone))
        cascade.start()
        cascade.join(0.3)
        assert cascade.is_alive()
    cascade.join()
    assert live(campus, user) == set()


def test_a_purged_course_does_not_give_anything_back(campus: Campus, user: User):
    course_id, _ = plan(campus, user)
    gone = delete_course(campus, user, course_id)
    tell(campus, user, gone)
    campus.admin.execute("delete from course where id = %s", (course_id,))
    tell(campus, user, gone)
    assert live(campus, user) == set()
