"""Signing up and in. Thin calls to the user pool, none of them inside a transaction.

Whether an address has an account is never told: answers are the same for unknown ones.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from functions.users import lockout, user_pool
from functions.users.arrivals import welcome
from functions.users.auth_models import (
    Address,
    Confirmation,
    Credentials,
    PasswordChange,
    PasswordReset,
    Renewal,
    SignedUp,
    SignUp,
    Tokens,
)
from functions.users.user_pool import Declined
from shared.errors import Refusal, invalid
from shared.identity import verify
from shared.request import Request
from shared.routing import Old, Routes

T = TypeVar("T")
routes = Routes(
    "/auth",
    tag="users",
    v1=True,
    access="public",
    limit="auth",
    idempotency="ignored",
    database=None,
    errors=("EXTERNAL_SERVICE_ERROR",),
)


@routes.post("/sign-up", status=201, old=("auth/signup",))
def sign_up(_: Request, body: SignUp) -> SignedUp:
    """Sign up. A code comes by mail to confirm the address with."""
    try:
        user_pool.sign_up(body.email, body.password, body.first_name, body.last_name)
    except Declined as declined:
        if declined.code != "UsernameExistsException":
            _judge_new_password(declined, "password")
        _quietly(_start_over, body)
    return SignedUp(email=body.email, next_step="confirm")


@routes.post("/confirm", old=(Old("auth/verify-email", fields={"token": "code"}),))
def confirm(request: Request, body: Confirmation) -> None:
    """Confirm the address with the mailed code. The account exists from now on."""
    try:
        user_pool.confirm(body.email, body.code, request.call.request_id)
        person = user_pool.find(body.email)
    except Declined as declined:
        raise _wrong_code() from declined
    if person is None or person.status != "CONFIRMED":
        raise _wrong_code()
    welcome(person, request.emissions.origin, request.seconds_left)


@routes.post("/verify-email")
def verify_email(_: Request, body: Address) -> None:
    """Mail the confirmation code again, if the address waits for one."""
    _quietly(user_pool.mail_code_again, body.email)


@routes.post(
    "/sign-in",
    errors=("INVALID_CREDENTIALS", "ACCOUNT_LOCKED", "ACCOUNT_SUSPENDED"),
    old=("auth/signin",),
)
def sign_in(request: Request, body: Credentials) -> Tokens:
    """Sign in. Five failures in a row lock the address for 15 minutes."""
    try:
        granted = lockout.guarded(
            request, body.email, lambda: user_pool.sign_in(body.email, body.password)
        )
    except Declined:
        lockout.note_failure(request, body.email)
        raise Refusal("INVALID_CREDENTIALS", headers={"WWW-Authenticate": "Bearer"}) from None
    refusal = lockout.note_success(request, body.email, verify(granted["AccessToken"]))
    if refusal:
        _quietly(user_pool.revoke, granted["RefreshToken"])
        raise refusal
    return _tokens(granted, granted["RefreshToken"])


@routes.post("/refresh", errors=("INVALID_TOKEN",))
def refresh(_: Request, body: Renewal) -> Tokens:
    """Renew the access token. The answer's refresh token replaces the one that was sent."""
    try:
        granted = user_pool.refresh(body.refresh_token)
    except Declined:
        raise Refusal("INVALID_TOKEN", headers={"WWW-Authenticate": "Bearer"}) from None
    return _tokens(granted, granted.get("RefreshToken") or body.refresh_token)


@routes.post("/sign-out", old=("auth/signout",))
def sign_out(_: Request, body: Renewal) -> None:
    """End the session of a refresh token. Ending it again changes nothing."""
    _quietly(user_pool.revoke, body.refresh_token)


@routes.post("/forgot-password", old=("auth/reset-password",))
def forgot_password(_: Request, body: Address) -> None:
    """Mail a code that allows a new password, if the address has an account."""
    _quietly(user_pool.mail_reset_code, body.email)


@routes.post("/reset-password")
def reset_password(request: Request, body: PasswordReset) -> None:
    """Set a new password with the mailed code. Every session of the account ends."""
    try:
        user_pool.reset_password(body.email, body.code, body.password)
    except Declined as declined:
        _judge_new_password(declined, "password", otherwise=_wrong_code())
    lockout.clear(request, body.email)


@routes.post(
    "/change-password",
    access="user",
    database="app",
    errors=("EXTERNAL_SERVICE_ERROR", "ACCOUNT_LOCKED"),
)
def change_password(request: Request, body: PasswordChange) -> None:
    """Set a new password with the current one. Every session ends: sign in again."""
    if request.known_caller.api_key_id:
        raise Refusal("FORBIDDEN", "An API key cannot change the password.")
    request.db.close()  # the caller is admitted; the pool is called outside of the transaction
    target = str(request.user_id)
    token = request.call.headers["authorization"].partition(" ")[2]
    try:
        lockout.guarded(
            request,
            target,
            lambda: user_pool.change_password(token, body.current_password, body.new_password),
        )
    except Declined as declined:
        wrong = invalid("current_password", "is not the current password")
        _judge_new_password(declined, "new_password", otherwise=wrong)
    lockout.clear(request, target)


def _start_over(body: SignUp) -> None:
    """The address is taken. If it was never confirmed, whoever signs up last decides the password:
    else a stranger could sign up an address in advance and know its password later."""
    known = user_pool.find(body.email)
    if known is None or known.status != "UNCONFIRMED":
        return
    user_pool.forget(body.email)
    user_pool.sign_up(body.email, body.password, body.first_name, body.last_name)


def _judge_new_password(declined: Declined, field: str, otherwise: Refusal | None = None) -> None:
    """Name the field when the pool's rules for passwords are broken."""
    if declined.code in ("InvalidPasswordException", "PasswordHistoryPolicyViolationException"):
        raise invalid(field, "is too weak: use a longer one") from declined
    if otherwise is None:
        otherwise = Refusal("EXTERNAL_SERVICE_ERROR", "The code could not be mailed.")
    raise otherwise from declined


def _wrong_code() -> Refusal:
    return invalid("code", "is wrong or has expired")


def _quietly(action: Callable[[T], None], argument: T) -> None:
    """Do it where it can be done: whether it could would tell who has an account."""
    try:
        action(argument)
    except Declined:
        return


def _tokens(granted: dict[str, Any], refresh_token: str) -> Tokens:
    return Tokens(
        access_token=granted["AccessToken"],
        refresh_token=refresh_token,
        expires_in=granted["ExpiresIn"],
        token_type=granted["TokenType"],
    )
