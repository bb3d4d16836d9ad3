"""What a person wants to be told, and how to be left alone."""

from typing import Any

from events.notifications import PreferencesChanged
from functions.notifications import links
from functions.notifications.models import Preferences, PreferencesPatch, Workflows
from functions.notifications.templates import (
    farewell_page,
    page_policy,
    question_page,
)
from shared.errors import Refusal
from shared.models import build
from shared.request import Reply, Request
from shared.routing import Old, Routes
from shared.sql import queries

routes = Routes("/notification-preferences", tag="notifications", v1=True)
unsubscribing = Routes(
    "/unsubscribe", tag="notifications", versionless=True, access="token", limit="none"
)
sql = queries(__file__)


@routes.get("", old=(Old("notification-system/preferences", ("GET",)),))
def get_preferences(request: Request) -> Preferences:
    """Get the caller's notification preferences."""
    return _preferences(request.db.row(sql.get_preferences))


@routes.patch("", also_put=True, old=(Old("notification-system/preferences", ("PUT",)),))
def update_preferences(request: Request, body: PreferencesPatch) -> Preferences:
    """Change notification preferences (JSON Merge Patch, also inside of the objects)."""
    changes = body.changes()
    row = request.db.row(sql.update_preferences, changes=changes)
    if row is None and request.db.parameters["if_match"] is not None:
        raise Refusal("PRECONDITION_FAILED")
    preferences = _preferences(row)
    changed = PreferencesChanged(
        preferences_id=request.user_id,
        changed=sorted(changes),
        entity_version=preferences.version,
    )
    request.emit(changed)
    return preferences


@unsubscribing.get("/{token}", database=None)
def ask_to_unsubscribe(request: Request, token: str) -> Reply[Any]:  # noqa: ARG001
    """The page behind a mail's unsubscribe link. It changes nothing: link scanners open it too."""
    _, category = links.read(token)
    return _page(question_page(category))


@unsubscribing.post("/{token}", database="system", idempotency="ignored")
def unsubscribe(request: Request, token: str) -> Reply[Any]:
    """Unsubscribe from the mails of one category, at once (RFC 8058). Again changes nothing."""
    user_id, category = links.read(token)
    if request.db.run(sql.unsubscribe, user_id=user_id, category=category):
        changed = PreferencesChanged(preferences_id=user_id, changed=["unsubscribed"])
        request.emit(changed, user_id=user_id)
    return _page(farewell_page(category))


def _preferences(row: dict[str, Any] | None) -> Preferences:
    if row is None:
        raise Refusal("NOT_FOUND")
    row["workflows"] = {name: row["workflows"].get(name) for name in Workflows.model_fields}
    return build(Preferences, row)


def _page(html: str) -> Reply[Any]:
    return Reply(
        headers={"Content-Security-Policy": page_policy()},
        content=html.encode(),
        content_type="text/html; charset=utf-8",
    )
