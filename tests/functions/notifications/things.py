"""What somebody can have in notifications, and what its routes take."""

from shared.ids import uuid7
from tests.proofs.planting import Plot
from tests.things import Thing


def _notified(plot: Plot) -> str:
    made = str(uuid7())
    plot.campus.admin.execute(
        "insert into notification (id, user_id, workflow, category, title, body, severity,"
        " dedupe_key, cause_id, correlation_id, visible)"
        " values (%s, %s, 'welcome', 'course', 'x', 'x', 'low', %s, %s, 'x', true)",
        (made, plot.user.id, made, uuid7()),
    )
    return made


THINGS = [Thing("notification", make=_notified)]
BODIES = {
    "NotificationPatch": {"read": True, "archived": False, "snoozedUntil": None},
    "PreferencesPatch": {
        "master": True, "channels": {"email": True}, "categories": {"marketing": False},
        "workflows": {"assignmentReminder": True}, "quietHours": {"enabled": False},
        "timezone": "UTC", "maxPerDay": 5, "cooldownMinutes": 30, "weekends": True,
        "morningTime": "08:00", "eveningTime": "20:00", "dndUntil": None,
        "unsubscribed": ["marketing"],
    },
}  # fmt: skip
VALUES = {"token": "nobody"}
