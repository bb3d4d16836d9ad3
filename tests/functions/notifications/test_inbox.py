"""The inbox: what a client sees of what happened."""

from uuid import UUID

import pytest

from events.tasks import AssignmentCompleted
from shared.ids import uuid7
from tests.campus import Campus, User, pages
from tests.functions.notifications.facts import now, tell


def complete(campus: Campus, user: User, assignment_id: UUID | None = None) -> UUID:
    assignment_id = assignment_id or uuid7()
    event = AssignmentCompleted(
        assignment_id=assignment_id, course_id=None, completed_at=now(), entity_version=2
    )
    tell(campus, event, user)
    return assignment_id


def inbox(campus: Campus, user: User, query: str = "") -> list[dict]:
    answer = campus.call("GET", f"/v2/notifications{query}", user)
    assert answer.status == 200, answer.text
    return answer.data


@pytest.fixture
def told(campus: Campus, user: User) -> dict:
    """A notification in the user's inbox."""
    complete(campus, user)
    return inbox(campus, user)[0]


def test_what_happened_is_in_the_inbox(campus: Campus, user: User):
    assignment_id = complete(campus, user)
    (found,) = inbox(campus, user)
    assert (found["workflow"], found["category"], found["severity"]) == (
        "assignment_completed",
        "course",
        "low",
    )
    assert found["title"] == "Done"
    assert found["actionUrl"] == f"/tasks/assignments/{assignment_id}"
    assert found["readAt"] is None
    assert sorted(campus.types(user)) == ["notification.requested", "notification.sent"]


def test_v1_clients_see_the_history_they_know(campus: Campus, user: User, told: dict):
    complete(campus, user)
    path = "/v1/notifications"
    answer = campus.call("GET", f"{path}?limit=1&offset=1", user).json
    assert answer["pagination"]["total"] == 2
    (found,) = answer["data"]
    assert found["id"] == told["id"]
    assert found["notification_type"] == "assignment_completed"
    assert found["is_read"] is False
    assert found["deep_link_url"] == f"elaro://assignment/{told['actionUrl'].rpartition('/')[2]}"
    assert "category" not in found
    read = campus.call("POST", f"{path}/{told['id']}/read", user).json["data"]
    assert read["is_read"] is True
    assert read["opened_at"]
    unread = campus.call("GET", f"{path}?includeRead=false", user).json
    assert told["id"] not in [item["id"] for item in unread["data"]]
    assert campus.call("GET", f"{path}?includeRead=true", user).json["pagination"]["total"] == 2
    assert campus.call("GET", f"{path}?filter=welcome", user).json["data"] == []
    assert campus.call("GET", f"{path}/count", user).json["data"] == {"unread_count": 1}
    wrong = campus.call("GET", f"{path}?includeRead=maybe", user)
    assert wrong.status == 400
    assert wrong.json["error"]["details"]["errors"][0]["pointer"] == "/includeRead"


def test_paging_neither_skips_nor_repeats(campus: Campus, user: User):
    for _ in range(5):
        complete(campus, user)
    found = [item["id"] for page in pages(campus, "/v2/notifications", user, 2) for item in page]
    assert len(found) == len(set(found)) == 5


def test_reading_is_told_once(campus: Campus, user: User, told: dict):
    path = f"/v2/notifications/{told['id']}"
    first = campus.call("POST", f"{path}/read", user)
    again = campus.call("PATCH", path, user, {"read": True})
    assert first.data["readAt"]
    assert again.data == first.data
    assert campus.types(user).count("notification.read") == 1
    unread = campus.call("PATCH", path, user, {"read": False})
    assert unread.data["readAt"] is None


def test_archived_and_snoozed_leave_the_inbox_and_can_be_found(
    campus: Campus, user: User, told: dict
):
    path = f"/v2/notifications/{told['id']}"
    later = campus.call("PATCH", path, user, {"snoozedUntil": "2199-01-01T00:00:00Z"})
    assert later.status == 200, later.text
    assert inbox(campus, user) == []
    assert campus.call("GET", "/v2/notifications/count", user).data["total"] == 0
    assert [item["id"] for item in inbox(campus, user, "?snoozed=true")] == [told["id"]]
    campus.call("PATCH", path, user, {"snoozedUntil": None})
    assert len(inbox(campus, user)) == 1
    campus.call("PATCH", path, user, {"archived": True})
    assert inbox(campus, user) == []
    assert [item["id"] for item in inbox(campus, user, "?archived=true")] == [told["id"]]


def test_unread_is_counted_and_filtered_by_category(campus: Campus, user: User, told: dict):
    counted = campus.call("GET", "/v2/notifications/count", user).data
    assert counted["total"] == counted["categories"]["course"] == 1
    assert counted["categories"]["billing"] == 0
    assert len(inbox(campus, user, "?category=course,billing&unread=true")) == 1
    assert inbox(campus, user, "?category=billing") == []
    assert inbox(campus, user, "?workflow=welcome") == []


def test_all_of_a_category_is_read_at_once(campus: Campus, user: User, told: dict):
    complete(campus, user)
    path = "/v2/notifications/read-all"
    assert campus.call("POST", f"{path}?category=billing", user).data == {"updated": 0}
    assert campus.call("POST", f"{path}?category=course", user).data == {"updated": 2}
    assert campus.call("POST", path, user).data == {"updated": 0}
    assert campus.call("POST", f"{path}?category=food", user).status == 422
    assert campus.types(user).count("inbox.read") == 1
    assert inbox(campus, user, "?unread=true") == []


def test_a_stale_version_is_refused(campus: Campus, user: User, told: dict):
    path = f"/v2/notifications/{told['id']}"
    campus.call("POST", f"{path}/read", user)
    stale = campus.call("PATCH", path, user, {"archived": True}, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize(
    "body", [{"read": None}, {"read": "yes"}, {"snoozedUntil": "soon"}, {"title": "x"}]
)
def test_what_is_no_mark_changes_nothing(campus: Campus, user: User, told: dict, body: dict):
    answer = campus.call("PATCH", f"/v2/notifications/{told['id']}", user, body)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert inbox(campus, user) == [told]


def test_nobody_sees_or_changes_what_others_were_told(campus: Campus, user: User, told: dict):
    stranger = campus.user()
    assert inbox(campus, stranger) == []
    path = f"/v2/notifications/{told['id']}"
    assert campus.call("PATCH", path, stranger, {"read": True}).status == 404
    assert campus.call("POST", f"{path}/read", stranger).status == 404
    assert campus.call("POST", "/v2/notifications/read-all", stranger).data["updated"] == 0
    assert inbox(campus, user) == [told]
