"""Attempts to prove a password: five failures in a row lock for 15 minutes.

Counted by the hash of what is attacked (an address, or a signed-in subject), known or not, in the
database, before the user pool looks at the password.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from functions.users.user_pool import Declined
from shared.errors import Refusal
from shared.identity import Credentials
from shared.ids import uuid7
from shared.request import Request
from shared.sql import Statement, queries
from shared.work import Consumer, unit_of_work

R = TypeVar("R")
sql = queries(__file__)


def guarded(request: Request, target: str, prove: Callable[[], R]) -> R:
    """What `prove` returns, as an attempt against `target`.

    Errors: ACCOUNT_LOCKED, and what `prove` raises: `Declined` counts, anything else does not.
    """
    claimed = run(request, sql.claim_attempt, key=_key(target))[0]
    if claimed["locked"]:
        raise Refusal("ACCOUNT_LOCKED", headers={"Retry-After": str(claimed["seconds_left"])})
    try:
        return prove()
    except Declined:
        raise
    except Exception:
        run(request, sql.withdraw_attempt, key=_key(target))
        raise


def clear(request: Request, target: str) -> None:
    """The password was proven, or replaced by a proven owner."""
    run(request, sql.clear_attempts, key=_key(target))


def note_failure(request: Request, email: str) -> None:
    """The owner of the address, if there is one, sees the failure in their history."""
    run(request, sql.record_failure, email=email, **_origin(request))


def note_success(request: Request, email: str, person: Credentials) -> Refusal | None:
    """Clear the attempts, write history, and say why the account may not be used, if it may not."""
    found = run(
        request,
        sql.record_success,
        key=_key(email),
        issuer=person.issuer,
        subject=person.subject,
        **_origin(request),
    )
    if not found or found[0]["account_status"] in ("active", "pending_deletion"):
        return None
    until = found[0]["suspended_until"]
    if found[0]["account_status"] == "deleted":
        return Refusal("INVALID_CREDENTIALS")
    if until and until <= datetime.now(UTC):
        return None
    return Refusal("ACCOUNT_SUSPENDED", details={"suspendedUntil": until})


def run(request: Request, statement: Statement, **parameters: Any) -> list[dict[str, Any]]:
    """One statement in a transaction of its own: nothing stays open while the pool is called."""

    def work(unit: Consumer) -> list[dict[str, Any]]:
        return unit.db.rows(statement, **parameters)

    origin = request.emissions.origin
    return unit_of_work(origin, work, role="system", seconds_left=request.seconds_left)


def _key(target: str) -> bytes:
    return hashlib.sha256(f"sign-in|{target}".encode()).digest()


def _origin(request: Request) -> dict[str, Any]:
    agent = request.call.headers.get("user-agent", "").encode(errors="replace").decode()
    return {
        "id": uuid7(),
        "address": request.call.address[:64],
        "user_agent": agent.replace("\x00", "")[:300],
    }
