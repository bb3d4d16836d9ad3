"""What somebody can have in tasks, and what its routes take."""

from collections.abc import Callable, Iterator

from shared.ids import uuid7
from tests.proofs.planting import Plot
from tests.proofs.victim import Victim
from tests.things import MOMENT, SOMETHING, Json, Thing

ITEMS = ("assignment", "lecture", "study_session")
ASSIGNMENT = {
    "title": "{words}", "description": "{words}", "tags": ["{words}"], "reminders": [30],
    "courseId": "{course_id}", "parentId": "{assignment_id}", "timezone": "UTC",
    "startOn": "2026-01-01", "priority": "high", "estimatedMinutes": 60, "percentDone": 10,
    "points": 10.5, "score": 1.5, "weight": 0.5, "submissionMethod": "online",
    "submissionUrl": "https://example.com/essay", "dueAt": "{soon}", "status": "in_progress",
    "checklist": [{"text": "{words}", "done": False}], "recurrence": "FREQ=WEEKLY;COUNT=2",
}  # fmt: skip
LECTURE = {
    "title": "{words}", "description": "{words}", "reminders": [30], "courseId": "{course_id}",
    "startLocal": "{soon_local}", "timezone": "UTC", "kind": "seminar", "durationMinutes": 90,
    "recurrence": "FREQ=WEEKLY;COUNT=3", "location": "{words}", "instructorName": "{words}",
    "meetingUrl": "https://example.com/room",
}  # fmt: skip
STUDY_SESSION = {
    "topic": "{words}", "notes": "{words}", "courseId": "{course_id}",
    "assignmentId": "{assignment_id}", "startsAt": "{soon}", "endsAt": "{later}",
    "technique": "pomodoro", "confidence": 3, "difficulty": 3, "spacedRepetition": True,
    "reminders": [30],
}  # fmt: skip
CREATION = {"action": "create", "kind": "assignment", "data": {"title": "Essay", "dueAt": MOMENT}}

TERM = {
    "name": "{words}", "startsOn": "2026-10-01", "endsOn": "2027-03-31", "weekAOn": "2026-10-05",
    "breaks": [{"name": "{words}", "startsOn": "2026-12-24", "endsOn": "2027-01-06"}],
}  # fmt: skip

FEED = {"name": "{words}", "kinds": ["assignment", "lecture"], "courseIds": ["{course_id}"]}

IMPORT = {
    "text": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{unique}\r\nSUMMARY:{words}\r\n"
    "DTSTART:20270301T100000Z\r\nDTEND:20270301T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "kind": "assignment", "courseId": "{course_id}",
}  # fmt: skip


def _imported(plot: Plot) -> str:
    """The key by which an import would know the plot's assignment again."""
    made = str(uuid7())
    plot.campus.admin.execute(
        "insert into imported_event (id, user_id, uid, assignment_id, digest)"
        " values (%s, %s, %s, %s, decode(md5('x'), 'hex'))",
        (made, plot.user.id, made, plot.some("assignment")),
    )
    return made


REMINDER = {"kind": "assignment", "itemId": "{assignment_id}", "remindAt": "{later}"}

TEMPLATE = {
    "name": "{words}", "description": "{words}", "kind": "assignment", "category": "study",
    "tags": ["{words}"], "visibility": "private",
    "data": {"title": "{words}", "inDays": 7, "at": "18:00", "checklist": [{"text": "{words}"}]},
}  # fmt: skip


def shared(plot: Plot) -> str:
    """A share of the plot's template with somebody else. Its id."""
    body = {"userId": str(plot.campus.user().id), "permission": "use"}
    path = f"/v2/tasks/templates/{plot.some('template')}/shares"
    return plot.campus.call("POST", path, plot.user, body).data["id"]


def rated(plot: Plot) -> str:
    """A rating of the plot's template by somebody whom it is shared with. Its id."""
    person = plot.campus.user()
    path = f"/v2/tasks/templates/{plot.some('template')}"
    body = {"userId": str(person.id), "permission": "view"}
    assert plot.campus.call("POST", f"{path}/shares", plot.user, body).status == 201
    answer = plot.campus.call("PUT", f"{path}/rating", person, {"rating": 4})
    assert answer.status == 200, answer.text
    return answer.data["id"]


THINGS = [
    Thing("assignment", "/tasks/assignments", ASSIGNMENT),
    Thing("lecture", "/tasks/lectures", LECTURE),
    Thing("study_session", "/tasks/study-sessions", STUDY_SESSION),
    Thing("term", "/tasks/terms", TERM),
    Thing("imported_event", make=_imported),
    Thing("reminder", "/tasks/reminders", REMINDER),
    Thing("calendar_feed", "/tasks/calendar/feeds", FEED),
    Thing(
        "dependency",
        "/tasks/assignments/{assignment_id}/dependencies",
        {"dependsOn": {"kind": "study_session", "id": "{study_session_id}"}, "type": "blocking"},
        once=True,
    ),
    Thing("template", "/tasks/templates", TEMPLATE),
    Thing("template_share", "/tasks/templates/{template_id}/shares", make=shared),
    Thing("template_rating", make=rated),
    Thing(
        "session_review",
        "/tasks/study-sessions/{study_session_id}/reviews",
        {"quality": 4, "responseSeconds": 12},
        once=True,
    ),
    Thing(
        "vacation",
        "/tasks/stats/streak/vacations",
        {"startsOn": "2190-07-01", "endsOn": "2190-07-14"},
    ),
]
BODIES = {
    "AssignmentCopy": {
        "title": "{words}", "courseId": "{course_id}", "parentId": "{assignment_id}",
        "dueAt": "{soon}", "timezone": "UTC", "startOn": "2026-01-01", "reminders": [30],
        "recurrence": "FREQ=WEEKLY;COUNT=2",
    },
    "AssignmentOccurrencePatch": {"status": "done", "title": "{words}"},
    "AssignmentPatch": ASSIGNMENT,
    "CalendarFeedPatch": FEED,
    "Batch": {"operations": [CREATION], "atomic": False},
    "Cancellation": {"reason": "other"},
    "ItemCancellation": {"kind": "assignment", "itemId": "{assignment_id}", "reason": "other"},
    "ItemOffsets": {"offsets": [5, 60]},
    "LectureOccurrencePatch": {"status": "attended", "title": "{words}", "location": "{words}"},
    "LecturePatch": LECTURE,
    "NewImport": IMPORT,
    "NewTime": {"remindAt": "{soon}"},
    "NewRestDays": {"weekdays": [6, 7]},
    "NewTemplateRating": {"rating": 4},
    "NewTemplateShare": {"userId": SOMETHING, "permission": "use"},
    "NewReviewSchedule": {"startsOn": None},
    "Restoration": {"kind": "assignment", "id": SOMETHING},
    "SessionEnd": {"confidence": 3, "difficulty": 3},
    "SessionStart": {"technique": "pomodoro"},
    "Snooze": {"minutes": 30},
    "StudySessionPatch": STUDY_SESSION,
    "TemplatePatch": {name: value for name, value in TEMPLATE.items() if name != "kind"},
    "TemplateUse": {
        "courseId": "{course_id}", "startsOn": "2027-01-04", "overrides": {"title": "{words}"},
    },
    "TermPatch": TERM,
    "TrashBatch": {"action": "RESTORE", "items": [{"kind": "assignment", "id": SOMETHING}]},
}  # fmt: skip


def _time_of(kind: str) -> Callable[[Plot], str]:
    """The local time of an occurrence of the first thing of a kind, of which there is one."""

    def first(plot: Plot) -> str:
        found = plot.campus.rows(
            f"select min(recurrence_id) from occurrence where {kind}_id = %s", plot.some(kind)
        )
        return found[0][0].isoformat()

    return first


def _token(plot: Plot) -> str:
    """A new token of the plot's calendar."""
    path = f"/v2/tasks/calendar/feeds/{plot.some('calendar_feed')}/rotate"
    return plot.campus.call("POST", path, plot.user).data["token"]


def _dependency_of(kind: str) -> Callable[[Plot], str]:
    """A dependency of the first thing of a kind, made when there is none."""

    def first(plot: Plot) -> str:
        item, on = plot.some(kind), {"kind": "assignment", "id": plot.some("assignment")}
        found = plot.campus.rows("select id::text from dependency where item_id = %s", item)
        if found:
            return found[0][0]
        path = f"/v2/tasks/{kind.replace('_', '-')}s/{item}/dependencies"
        body = {"dependsOn": on, "type": "parallel"}  # in no order, so that no cycle is closed
        return plot.campus.call("POST", path, plot.user, body).data["id"]

    return first


VALUES: dict[str, str | Callable[[Plot], str]] = {
    "kind": "assignment",
    "/tasks/calendar/feeds/{token}": _token,
    "/tasks/lectures/{lecture_id}/dependencies/{dependency_id}": _dependency_of("lecture"),
    "/tasks/study-sessions/{study_session_id}/dependencies/{dependency_id}": _dependency_of(
        "study_session"
    ),
    "/tasks/lectures/{lecture_id}/occurrences/{recurrence_id}": _time_of("lecture"),
    "/tasks/assignments/{assignment_id}/occurrences/{recurrence_id}": _time_of("assignment"),
}
_RANGE = f"from={MOMENT}&to=2027-02-15T10:00:00Z"
QUERIES = {
    "/tasks/search": "q={words}",
    "/tasks/planner": _RANGE,
    "/tasks/planner/free-busy": _RANGE,
}
NAMES = {
    "id": ITEMS, "item_id": ITEMS, "parent_id": ("assignment",), "course_ids": ("course",),
}  # fmt: skip


def _restorations(victim: Victim) -> Iterator[Json]:
    for deletion in victim.ids_of("deletion_id"):
        yield {"deletionId": deletion}
    for kind in ITEMS:
        for value in victim.ids_of("item_id"):
            yield {"kind": kind, "id": value}


def _trash_batches(victim: Victim) -> Iterator[Json]:
    for action in ("RESTORE", "DELETE_PERMANENTLY"):
        for kind in ITEMS:
            items = [{"kind": kind, "id": value} for value in victim.ids_of("item_id")]
            yield {"action": action, "items": items}


def _shares(victim: Victim) -> Iterator[Json]:
    """Sharing names somebody else on purpose; only what is no person's id is foreign to it."""
    for value in victim.ids_of("template_id"):
        yield {"userId": value, "permission": "use"}


def _batches(victim: Victim) -> Iterator[Json]:
    [course, *_], [parent, *_] = victim.ids_of("course_id"), victim.ids_of("assignment_id")
    least = {
        "assignment": {"title": "x", "dueAt": MOMENT},
        "lecture": {"title": "x", "startLocal": MOMENT[:-1]},
        "study_session": {"topic": "x", "startsAt": MOMENT},
    }
    linked = [
        ("assignment", {"parentId": parent}),
        ("study_session", {"assignmentId": parent}),
        *((kind, {"courseId": course}) for kind in ITEMS),
    ]
    operations: list[Json] = [
        {"action": "create", "kind": kind, "data": {**least[kind], **link}} for kind, link in linked
    ]
    for kind in ITEMS:
        for value in victim.ids_of(f"{kind}_id"):
            for action in ("update", "delete", "restore", "complete"):
                if (action, kind) != ("complete", "lecture"):
                    more = {"data": {"reminders": []}} if action == "update" else {}
                    operations.append({"action": action, "kind": kind, "id": value, **more})
    yield {"operations": operations}
    yield {"operations": operations, "atomic": True}


FOREIGN = {
    "Restoration": _restorations,
    "TrashBatch": _trash_batches,
    "Batch": _batches,
    "NewTemplateShare": _shares,
}
