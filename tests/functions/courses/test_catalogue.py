"""The catalogue shows what is public now, and nothing else, whatever order events come in."""

import random

from tests.campus import Campus, User
from tests.functions.courses.test_enrollments import enroll
from tests.functions.courses.test_shared_courses import course


def listed(campus: Campus, user: User, word: str) -> list[str]:
    answer = campus.call("GET", f"/v2/courses/catalogue?q={word}", user)
    assert answer.status == 200, answer.text
    return [found["title"] for found in answer.data]


def test_anybody_finds_public_courses_by_their_words(campus: Campus, user: User):
    word = f"w{user.id.hex[-10:]}"
    teacher = campus.user(tier="premium")
    public = course(campus, teacher, title=f"Algebra {word}", visibility="public")
    course(campus, teacher, title=f"Secret {word}")
    course(campus, teacher, title=f"Unfinished {word}", visibility="public", status="draft")
    assert campus.deliver() == []
    assert listed(campus, user, word) == [f"Algebra {word}"]
    assert campus.lines[-1]["db_round_trips"] <= 2
    answer = campus.call("GET", f"/v2/courses/catalogue?q={word}", user)
    assert str(teacher.id) not in answer.text
    assert enroll(campus, user, public).status == 201


def test_the_catalogue_follows_the_course_whatever_order_its_events_come_in(
    campus: Campus, user: User
):
    word = f"w{user.id.hex[-10:]}"
    made = course(campus, user, title=f"Algebra {word}", visibility="public")
    path, key = f"/v2/courses/{made['id']}", {"Idempotency-Key": made["id"]}
    steps = [
        (lambda: campus.call("PATCH", path, user, {"title": f"Groups {word}"}), [f"Groups {word}"]),
        (lambda: campus.call("POST", f"{path}/archive", user), []),
        (lambda: campus.call("POST", f"{path}/publish", user), [f"Groups {word}"]),
        (lambda: campus.call("DELETE", path, user), []),
        (lambda: campus.call("POST", f"{path}/restore", user, None, key), [f"Groups {word}"]),
        (lambda: campus.call("PATCH", path, user, {"visibility": "private"}), []),
    ]
    for step, expected in steps:
        assert step().status < 300
        random.Random(7).shuffle(campus.bus.waiting)
        campus.bus.waiting *= 2
        assert campus.deliver() == []
        assert listed(campus, campus.user(), word) == expected
