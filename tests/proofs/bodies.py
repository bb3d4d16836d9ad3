"""A request that a route takes, for every body there is: what proofs vary from."""

from typing import Any

from shared.models import Model

MOMENT = "2027-01-15T10:00:00Z"
LOCAL = "2027-01-15T10:00:00"
SOMETHING = "00000000-0000-7000-8000-000000000000"
PERSON = {"email": "ada@example.com", "code": "123456", "password": "Analytical-Engine-1843"}
PLAN = {"title": "Essay", "description": "Five pages", "tags": ["history"], "reminders": [30]}
COURSE = {
    "title": "History of computing", "code": "CS 101", "description": "From the engine on",
    "color": "#336699", "language": "en", "examOn": "2027-02-01", "tags": ["history"],
}  # fmt: skip
ASSIGNMENT = {
    **PLAN, "courseId": None, "parentId": None, "timezone": "UTC", "startOn": "2027-01-01",
    "priority": "high", "estimatedMinutes": 60, "percentDone": 10, "points": 10.5, "score": 1.5,
    "weight": 0.5, "submissionMethod": "online", "submissionUrl": "https://example.com/essay",
    "checklist": [{"text": "Read", "done": False}], "dueAt": MOMENT, "status": "in_progress",
}  # fmt: skip
LECTURE = {
    **{name: value for name, value in PLAN.items() if name != "tags"}, "courseId": SOMETHING,
    "startLocal": LOCAL, "timezone": "UTC", "kind": "seminar", "durationMinutes": 90,
    "recurrence": "FREQ=WEEKLY;COUNT=3", "location": "Room 4", "instructorName": "A. Turing",
    "meetingUrl": "https://example.com/room",
}  # fmt: skip
SESSION = {
    "topic": "Numbers", "notes": "Page 7", "courseId": None, "assignmentId": None,
    "startsAt": MOMENT, "endsAt": "2027-01-15T11:00:00Z", "technique": "pomodoro",
    "confidence": 3, "difficulty": 3, "spacedRepetition": True, "reminders": [15],
}  # fmt: skip
PROFILE = {
    "username": "ada.lovelace", "firstName": "Ada", "lastName": "Lovelace", "country": "GB",
    "university": "London", "program": "Mathematics", "timezone": "UTC", "locale": "en",
    "marketingOptIn": True,
}  # fmt: skip

BODIES: dict[str, dict[str, Any]] = {
    "Address": {"email": PERSON["email"]},
    "ApiKeyPatch": {"name": "Laptop", "scopes": ["tasks:read"]},
    "AssignmentPatch": ASSIGNMENT,
    "Batch": {"operations": [
        {"action": "create", "kind": "assignment", "data": {"title": "Essay", "dueAt": MOMENT}},
    ], "atomic": False},
    "Confirmation": {"email": PERSON["email"], "code": PERSON["code"]},
    "CoursePatch": COURSE,
    "Credentials": {"email": PERSON["email"], "password": PERSON["password"]},
    "Explanation": {"reason": "Asked for by the user."},
    "LecturePatch": LECTURE,
    "NewApiKey": {"name": "Laptop", "scopes": ["tasks:read"], "expiresInDays": 30},
    "NewAssignment": ASSIGNMENT,
    "NewCourse": {**COURSE, "firstLecture": {
        "title": "Engines", "startLocal": LOCAL, "durationMinutes": 90, "timezone": "UTC",
        "location": "Room 4", "recurrence": "weekly", "reminders": [30],
    }},
    "NewDevice": {"token": "ExponentPushToken[3kTMd9mJ3qv7WvZ0h1nSga]"},
    "NewLecture": LECTURE,
    "NewStudySession": SESSION,
    "NotificationPatch": {"read": True, "archived": False, "snoozedUntil": None},
    "Onboarding": {**PROFILE, "dateOfBirth": "2000-01-01", "parentalConsent": False},
    "PasswordChange": {"currentPassword": "Engine-1822", "newPassword": PERSON["password"]},
    "PasswordReset": PERSON,
    "PersonPatch": {**PROFILE, "bio": "Programs", "weekStartsOn": 1},
    "PreferencesPatch": {
        "master": True, "channels": {"email": True}, "categories": {"marketing": False},
        "workflows": {"assignmentReminder": True}, "quietHours": {"enabled": False},
        "timezone": "UTC", "maxPerDay": 5, "cooldownMinutes": 30, "weekends": True,
        "morningTime": "08:00", "eveningTime": "20:00", "dndUntil": None,
        "unsubscribed": ["marketing"],
    },
    "Renewal": {"refreshToken": "eyJjdHkiOiJKV1QifQ.cmVmcmVzaA.c2lnbmF0dXJl"},
    "Restoration": {"kind": "assignment", "id": SOMETHING},
    "SignUp": {**{name: PERSON[name] for name in ("email", "password")},
               "firstName": "Ada", "lastName": "Lovelace"},
    "StudySessionPatch": SESSION,
    "Suspension": {"reason": "Asked for by the user.", "until": MOMENT},
    "TrashBatch": {"action": "RESTORE", "items": [{"kind": "assignment", "id": SOMETHING}]},
}  # fmt: skip


def body_for(model: type[Model]) -> dict[str, Any]:
    """A request of the newest version. A body without one here fails: write it."""
    assert model.__name__ in BODIES, f"a valid {model.__name__} is missing in {__name__}"
    return dict(BODIES[model.__name__])
