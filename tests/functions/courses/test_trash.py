"""Deleting courses with a preview, the trash, exact restoring, removing for good."""

from datetime import datetime, timedelta

import pytest

from tests.campus import Campus, User, context, queue_event, token

NO_CONTENT = (
    "enrollments", "shareLinks", "sections", "lessons", "progressRecords", "enrichments",
    "enrichmentReports", "quizAttempts",
    "flashcardDecks", "flashcards", "flashcardReviews",
)  # fmt: skip
DUE = "2027-11-10T10:00:00Z"
KEY = {"Idempotency-Key": "once"}


def create(campus: Campus, user: User, **fields: object) -> dict:
    answer = campus.call("POST", "/v2/courses", user, {"title": "Analysis", **fields})
    assert answer.status == 201, answer.text
    return answer.data


def assignment(campus: Campus, user: User, course: dict, title: str = "Sheet") -> str:
    body = {"title": title, "dueAt": DUE, "courseId": course["id"]}
    answer = campus.call("POST", "/v2/tasks/assignments", user, body)
    assert answer.status == 201, answer.text
    return answer.data["id"]


def filled(campus: Campus, user: User) -> dict:
    """A course with two assignments, a series of lectures and 18 reminders."""
    lecture = {"startLocal": "2027-11-22T10:00", "recurrence": "weekly"}
    course = create(campus, user, firstLecture=lecture)
    for number in range(2):
        assignment(campus, user, course, f"Sheet {number}")
    return course


def live_titles(campus: Campus, user: User) -> list[str]:
    return sorted(a["title"] for a in campus.call("GET", "/v2/tasks/assignments", user).data)


def test_a_deleted_course_is_gone_and_in_the_trash(campus: Campus, user: User):
    made = create(campus, user, code="MA101")
    assert campus.call("DELETE", f"/v2/courses/{made['id']}", user).status == 204
    assert campus.call("GET", f"/v2/courses/{made['id']}", user).status == 404
    assert campus.call("DELETE", f"/v2/courses/{made['id']}", user).status == 404
    assert campus.call("GET", "/v2/courses", user).data == []
    assert campus.call("GET", "/v2/courses?q=analysis", user).data == []
    [gone] = campus.call("GET", "/v2/courses/trash", user).data
    assert (gone["id"], gone["title"], gone["version"]) == (made["id"], "Analysis", 2)
    kept = datetime.fromisoformat(gone["purgeAt"]) - datetime.fromisoformat(gone["deletedAt"])
    assert kept == timedelta(hours=48)
    [(data, version)] = campus.rows(
        "select data, entity_version from event where user_id = %s and type = 'course.deleted'",
        user.id,
    )
    assert data == {"courseId": made["id"], "deletionId": gone["deletionId"]}
    assert version == 2


def test_the_trash_keeps_longer_on_premium_and_shows_v1_names(campus: Campus, premium: User):
    made = create(campus, premium)
    campus.call("DELETE", f"/v1/courses/{made['id']}", premium)
    [gone] = campus.call("GET", "/v2/courses/trash", premium).data
    kept = datetime.fromisoformat(gone["purgeAt"]) - datetime.fromisoformat(gone["deletedAt"])
    assert kept == timedelta(hours=120)
    [old] = campus.call("GET", "/v1/courses/trash", premium).data
    assert (old["course_name"], old["deleted_at"]) == ("Analysis", gone["deletedAt"])


def test_a_stale_deletion_is_refused(campus: Campus, user: User):
    made = create(campus, user)
    path = f"/v2/courses/{made['id']}"
    stale = campus.call("DELETE", path, user, headers={"If-Match": '"v2-7"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    assert campus.call("DELETE", path, user, headers={"If-Match": '"v2-1"'}).status == 204


def test_a_preview_counts_truly_and_changes_nothing(campus: Campus, user: User):
    course = filled(campus, user)
    events = campus.types(user)
    answer = campus.call("DELETE", f"/v2/courses/{course['id']}?dryRun=true", user)
    assert answer.status == 200, answer.text
    assert answer.data["course"]["id"] == course["id"]
    assert answer.data["counts"] == {
        "assignments": 2,
        "lectures": 1,
        "studySessions": 0,
        "reminders": 18,
        **dict.fromkeys(NO_CONTENT, 0),
    }
    old = campus.call("DELETE", f"/v1/courses/{course['id']}?dry_run=true", user)
    assert old.data["course"]["course_name"] == "Analysis"
    assert old.data["counts"]["study_sessions"] == 0
    assert campus.call("GET", f"/v2/courses/{course['id']}", user).status == 200
    assert campus.types(user) == events


def test_the_previewed_counts_come_true(campus: Campus, user: User):
    course = filled(campus, user)
    preview = campus.call("DELETE", f"/v2/courses/{course['id']}?dryRun=true", user).data["counts"]
    assert campus.call("DELETE", f"/v2/courses/{course['id']}", user).status == 204
    assert campus.deliver() == []
    [gone] = campus.call("GET", "/v2/courses/trash", user).data
    tables = {
        "assignments": "assignment",
        "lectures": "lecture",
        "studySessions": "study_session",
        "reminders": "reminder",
        "enrollments": "enrollment",
        "flashcardDecks": "flashcard_deck",
        "flashcards": "flashcard",
        "flashcardReviews": "flashcard_review",
        "sections": "section",
        "shareLinks": "share_link",
        "lessons": "lesson",
        "progressRecords": "progress_record",
        "enrichments": "enrichment",
        "enrichmentReports": "enrichment_report",
        "quizAttempts": "quiz_attempt",
    }
    taken = {
        kind: campus.rows(
            f"select count(*)::int from {table} where deletion_id = %s", gone["deletionId"]
        )[0][0]
        for kind, table in tables.items()
    }
    assert taken == preview


def test_restoring_brings_back_exactly_what_the_deletion_took(campus: Campus, user: User):
    course = filled(campus, user)
    earlier = assignment(campus, user, course, "Deleted before")
    assert campus.call("DELETE", f"/v2/tasks/assignments/{earlier}", user).status == 204
    before = campus.call("GET", f"/v2/courses/{course['id']}", user).data
    assert campus.call("DELETE", f"/v2/courses/{course['id']}", user).status == 204
    assert campus.deliver() == []
    assert live_titles(campus, user) == []
    answer = campus.call("POST", f"/v2/courses/{course['id']}/restore", user, headers=KEY)
    assert answer.status == 200, answer.text
    assert (answer.data["title"], answer.data["version"]) == ("Analysis", 3)
    assert campus.deliver() == []
    assert live_titles(campus, user) == ["Sheet 0", "Sheet 1"]
    after = campus.call("GET", f"/v2/courses/{course['id']}", user).data
    assert after["counts"] == before["counts"]
    deletions = campus.rows(
        """select distinct data ->> 'deletionId' from event
            where user_id = %s and type in ('course.deleted', 'course.restored')""",
        user.id,
    )
    assert len(deletions) == 1


def test_an_event_that_comes_twice_takes_nothing_twice(campus: Campus, user: User):
    course = filled(campus, user)
    campus.call("DELETE", f"/v2/courses/{course['id']}", user)
    [deleted] = [
        e
        for e in campus.bus.waiting
        if e["type"] == "course.deleted" and e["userId"] == str(user.id)
    ]
    campus.deliver()
    campus.call("POST", f"/v2/courses/{course['id']}/restore", user, headers=KEY)
    campus.deliver()
    late = campus.handlers["tasks"](queue_event(deleted), context())
    assert late["batchItemFailures"] == []
    assert live_titles(campus, user) == ["Sheet 0", "Sheet 1"]


def test_restoring_needs_a_key_and_room(campus: Campus, user: User):
    made = create(campus, user)
    path = f"/v2/courses/{made['id']}"
    campus.call("DELETE", path, user)
    keyless = campus.call("POST", f"{path}/restore", user)
    assert (keyless.status, keyless.error) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    others = [create(campus, user, title=f"Course {n}") for n in range(2)]
    full = campus.call("POST", f"{path}/restore", user, headers=KEY)
    assert (full.status, full.error) == (403, "COURSE_LIMIT_EXCEEDED")
    assert full.json["error"]["details"] == {"limit": 2, "used": 2}
    campus.call("DELETE", f"/v2/courses/{others[0]['id']}", user)
    back = campus.call("POST", f"{path}/restore", user, headers=KEY)
    assert (back.status, back.data["id"]) == (200, made["id"])
    again = campus.call("POST", f"{path}/restore", user, headers=KEY)
    assert again.headers["Idempotency-Replayed"] == "true"
    live = campus.call("POST", f"{path}/restore", user, headers={"Idempotency-Key": "two"})
    assert live.status == 404
    assert campus.types(user).count("course.restored") == 1


def test_v1_restores_too(campus: Campus, user: User):
    made = create(campus, user)
    campus.call("DELETE", f"/v1/courses/{made['id']}", user)
    back = campus.call("POST", f"/v1/courses/{made['id']}/restore", user, headers=KEY)
    assert (back.status, back.data["course_name"]) == (200, "Analysis")


def test_only_the_trash_is_removed_for_good(campus: Campus, user: User):
    made = create(campus, user)
    path = f"/v2/courses/{made['id']}"
    live = campus.call("DELETE", f"{path}/permanent", user, headers=KEY)
    assert (live.status, live.error) == (409, "CONFLICT")
    campus.call("DELETE", path, user)
    keyless = campus.call("DELETE", f"{path}/permanent", user)
    assert (keyless.status, keyless.error) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert campus.call("DELETE", f"{path}/permanent", user, headers=KEY).status == 204
    assert campus.call("GET", "/v2/courses/trash", user).data == []
    assert campus.rows("select id from course where id = %s", made["id"]) == []
    assert campus.types(user) == ["course.created", "course.deleted", "course.purged"]


@pytest.mark.parametrize("minutes", [6, 600])
def test_removing_for_good_needs_a_recent_sign_in(campus: Campus, user: User, minutes: int):
    made = create(campus, user)
    path = f"/v2/courses/{made['id']}"
    campus.call("DELETE", path, user)
    long_ago = int(datetime.now().timestamp()) - minutes * 60
    user.token = token(user.subject, auth_time=long_ago)
    answer = campus.call("DELETE", f"{path}/permanent", user, headers=KEY)
    assert (answer.status, answer.error) == (401, "REAUTHENTICATION_REQUIRED")
