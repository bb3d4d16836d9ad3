"""What the tests of tasks do again and again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from events.courses import CourseDeleted, CourseRestored
from shared.facts import Emissions, Event, Origin, envelope
from shared.ids import uuid7
from tests.campus import Answer, Campus, User

SOON = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
DUE = SOON.isoformat().replace("+00:00", "Z")
PATHS = {
    "assignment": "/v2/tasks/assignments",
    "lecture": "/v2/tasks/lectures",
    "study_session": "/v2/tasks/study-sessions",
}
KINDS = sorted(PATHS)


def body(campus: Campus, user: User, kind: str, /, **fields: Any) -> dict[str, Any]:
    """The least that a kind needs, and `fields`."""
    if kind == "assignment":
        return {"title": "Essay", "dueAt": DUE, **fields}
    if kind == "study_session":
        return {"topic": "Ada", "startsAt": DUE, **fields}
    course_id = fields.pop("courseId", None) or str(course(campus, user))
    return {"title": "Logic", "startLocal": DUE[:-1], "courseId": course_id, **fields}


def create(
    campus: Campus, user: User, kind: str = "assignment", /, **fields: Any
) -> dict[str, Any]:
    answer = campus.call("POST", PATHS[kind], user, body(campus, user, kind, **fields))
    assert answer.status == 201, answer.text
    return answer.data


def course(campus: Campus, user: User) -> UUID:
    """A live course, made behind the back of its domain."""
    course_id = uuid7()
    campus.admin.execute(
        "insert into course (id, user_id, title) values (%s, %s, 'Mathematics')",
        (course_id, user.id),
    )
    return course_id


def delete_course(campus: Campus, user: User, course_id: UUID) -> Event:
    """What the course's domain does to its own row, and the fact that it tells."""
    deletion = uuid7()
    campus.admin.execute(
        "update course set deleted_at = now(), deletion_id = %s, version = version + 1"
        " where id = %s",
        (deletion, course_id),
    )
    return CourseDeleted(course_id=course_id, deletion_id=deletion)


def restore_course(campus: Campus, user: User, course_id: UUID) -> Event:
    row = campus.rows("select deletion_id from course where id = %s", course_id)[0]
    campus.admin.execute(
        "update course set deleted_at = null, deletion_id = null, version = version + 1"
        " where id = %s",
        (course_id,),
    )
    return CourseRestored(course_id=course_id, deletion_id=row[0])


def tell(campus: Campus, user: User, *events: Event) -> None:
    """Put facts of other domains on the bus and let everybody react."""
    origin = Origin("campus.courses", "req_test", user_id=user.id)
    emissions = Emissions(origin)
    for event in events:
        emissions.add(event)
    for record in emissions.records:
        campus.bus.waiting.append(orjson.loads(orjson.dumps(envelope(record))))
    assert campus.deliver() == []


def keyed(campus: Campus, method: str, path: str, user: User, given: Any = None) -> Answer:
    """A call with a fresh idempotency key."""
    return campus.call(method, path, user, given, {"Idempotency-Key": str(uuid7())})


def live(campus: Campus, user: User) -> set[str]:
    """The ids of all items that the user's lists show."""
    return {
        item["id"]
        for kind in KINDS
        for item in campus.call("GET", f"{PATHS[kind]}?limit=100", user).data
    }


def reminders(campus: Campus, user: User) -> list[tuple[str, datetime]]:
    """Status and time of the user's live reminders, in order."""
    return campus.rows(
        "select status, remind_at from reminder where user_id = %s and deleted_at is null"
        " order by remind_at, status",
        user.id,
    )
