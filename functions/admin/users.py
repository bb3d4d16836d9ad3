"""Accounts: found by support, suspended by administrators."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from events.users import UserSuspended, UserUnsuspended
from functions.admin.models import Account, AccountQuery, Explanation, Suspension
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import Page, build
from shared.request import Request
from shared.routing import Routes
from shared.settings import setting
from shared.sql import queries

routes = Routes("/admin/users", tag="admin", database="support", roles=("admin",))
sql = queries(__file__)
READERS = ("support", "admin")


@routes.get("", roles=READERS)
def list_accounts(request: Request, query: AccountQuery) -> Page[Account]:
    """List accounts, the newest first."""
    return request.db.page(Account, sql.list_accounts, query)


@routes.get("/{user_id}", roles=READERS)
def get_account(request: Request, user_id: UUID) -> Account:
    """Get one account."""
    return request.db.one(Account, sql.get_account, id=user_id)


@routes.post(
    "/{user_id}/suspend", limit="updates", errors=("CONFLICT",), v1=True, old=("suspend-account",)
)
def suspend_account(request: Request, user_id: UUID, body: Suspension) -> Account:
    """Suspend an active account. It is refused from the next request on, and signed out."""
    if user_id == request.user_id:
        raise Refusal("FORBIDDEN", "Nobody may suspend themselves.")
    now = datetime.now(UTC)
    until = body.end(now)
    if until and until <= now:
        raise invalid("until", "must be in the future")
    event_id = uuid7()
    account, subjects = _change(request, user_id, event_id, body.reason, suspend=True, until=until)
    request.emit(
        UserSuspended(user_id=account.id, until=until, entity_version=account.version),
        user_id=account.id,
        event_id=event_id,
    )
    _sign_out_afterwards(request, subjects)
    return account


@routes.post(
    "/{user_id}/unsuspend",
    limit="updates",
    errors=("CONFLICT",),
    v1=True,
    old=("unsuspend-account",),
)
def unsuspend_account(request: Request, user_id: UUID, body: Explanation) -> Account:
    """Let a suspended account be used again."""
    if user_id == request.user_id:
        raise Refusal("FORBIDDEN", "Nobody may end their own suspension.")
    event_id = uuid7()
    account, _ = _change(request, user_id, event_id, body.reason, suspend=False, until=None)
    request.emit(
        UserUnsuspended(user_id=account.id, entity_version=account.version),
        user_id=account.id,
        event_id=event_id,
    )
    return account


def _change(
    request: Request,
    user_id: UUID,
    event_id: UUID,
    reason: str,
    *,
    suspend: bool,
    until: datetime | None,
) -> tuple[Account, list[str]]:
    """The changed account and its sign-in subjects. Errors: NOT_FOUND, CONFLICT and 412."""
    row = request.db.row(
        sql.change_suspension,
        id=user_id,
        suspend=suspend,
        until=until,
        action="user.suspended" if suspend else "user.unsuspended",
        action_id=uuid7(),
        event_id=event_id,
        reason=reason,
        correlation_id=request.emissions.origin.correlation_id,
        issuer=setting("USER_POOL_ISSUER"),
    )
    if row is None:
        raise Refusal("PRECONDITION_FAILED" if request.db.parameters["if_match"] else "NOT_FOUND")
    if row["id"] is None:
        raise Refusal(
            "CONFLICT", f"The account is {row['was']}.", details={"accountStatus": row["was"]}
        )
    return _account(row), row["subjects"]


def _account(row: dict[str, Any]) -> Account:
    return build(Account, {name: row[name] for name in Account.model_fields})


def _sign_out_afterwards(request: Request, subjects: Iterable[str]) -> None:
    """End the sessions in the user pool, best effort: admission refuses the account anyway."""
    from shared.aws import client

    for subject in subjects:
        request.afterwards(
            partial(_sign_out, client("cognito-idp"), setting("USER_POOL_ID"), subject)
        )


def _sign_out(pool: Any, pool_id: str, subject: str) -> None:
    """The pool's user name is the subject."""
    pool.admin_user_global_sign_out(UserPoolId=pool_id, Username=subject)
