"""What an admitted caller may ask of a route: the account's state, role, scope, and how it proves
itself once more where that matters."""

from datetime import UTC, datetime

from shared import signing
from shared.errors import Refusal
from shared.identity import Credentials
from shared.request import Call, Caller
from shared.routing import Route
from shared.session import Session

RECENT_SIGN_IN = 300


def permit(
    call: Call,
    route: Route,
    credentials: Credentials | None,
    caller: Caller,
    session: Session,
) -> None:
    """Errors: ACCOUNT_SUSPENDED, FORBIDDEN, REAUTHENTICATION_REQUIRED, INVALID_SIGNATURE."""
    status = caller.account_status
    over = caller.suspended_until and caller.suspended_until <= datetime.now(UTC)
    if status == "suspended" and over:
        status = "active"
    if status not in route.accounts:
        if status == "suspended":
            raise Refusal("ACCOUNT_SUSPENDED", details={"suspendedUntil": caller.suspended_until})
        raise Refusal("FORBIDDEN", "The account is about to be deleted: restore it first.")
    if route.roles and caller.role not in route.roles:
        raise Refusal("FORBIDDEN")
    if caller.api_key_id:
        scope = f"{route.tag}:{'write' if route.writes else 'read'}"
        if not {scope, "*"} & set(caller.scopes):
            raise Refusal("FORBIDDEN", f"The API key lacks the scope {scope}.")
        if route.critical:
            raw = call.body() if route.body else b""  # not of `inputs`: they may be at fault
            used = signing.check(session.database, caller.api_key_id, call.headers, raw)
            session.stays.append(used)
    elif route.critical and credentials:
        age = datetime.now(UTC).timestamp() - credentials.signed_in_at
        if age > RECENT_SIGN_IN:
            raise Refusal("REAUTHENTICATION_REQUIRED")
