"""The account of a confirmed person: made once, whoever hears of the confirmation first.

The route that confirms, the pool's trigger and the first authenticated request (shared.gate) all
do the same, and `user.created` is told by the one that made the row.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from events.users import UserCreated
from functions.users.user_pool import PoolUser
from shared.facts import Origin
from shared.ids import uuid7
from shared.settings import setting
from shared.sql import queries
from shared.work import Consumer, unit_of_work

sql = queries(__file__)


def welcome(person: PoolUser, origin: Origin, seconds_left: Callable[[], float]) -> UUID:
    """The account of a person, made now unless there is one. Returns the user's id."""

    def work(unit: Consumer) -> UUID:
        row = unit.db.rows(
            sql.provision_user,
            id=uuid7(),
            issuer=setting("USER_POOL_ISSUER"),
            subject=person.subject,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
        )[0]
        if row["created"]:
            unit.emissions.origin.actor_type = "user"
            unit.emissions.origin.actor_id = str(row["user_id"])
            unit.emit(UserCreated(user_id=row["user_id"]), user_id=row["user_id"])
        return row["user_id"]

    return unit_of_work(origin, work, role="app", seconds_left=seconds_left)


def post_confirmation(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The pool's trigger. A password reset fires it too, and makes nobody new."""
    if event["triggerSource"] == "PostConfirmation_ConfirmSignUp":
        known = event["request"].get("clientMetadata") or {}
        origin = Origin(
            "campus.users", known.get("correlationId") or f"run_{context.aws_request_id}"
        )
        person = PoolUser.of(event["request"]["userAttributes"])
        welcome(person, origin, lambda: context.get_remaining_time_in_millis() / 1000 - 1)
    return event
