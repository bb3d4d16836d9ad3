"""The user pool as users needs it: who exists, who knows their password, and the tokens.

The pool's client has a secret, so that nobody signs in around this function and its lockout.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from shared.aws import client
from shared.errors import Refusal
from shared.settings import secret, setting

# What says something about the caller's input. Everything else is the pool's own trouble.
_DECLINED = {
    "AliasExistsException",
    "CodeDeliveryFailureException",
    "CodeMismatchException",
    "ExpiredCodeException",
    "InvalidParameterException",
    "InvalidPasswordException",
    "LimitExceededException",
    "NotAuthorizedException",
    "PasswordHistoryPolicyViolationException",
    "PasswordResetRequiredException",
    "RefreshTokenReuseException",
    "TooManyFailedAttemptsException",
    "UnauthorizedException",
    "UnsupportedTokenTypeException",
    "UserNotConfirmedException",
    "UserNotFoundException",
    "UsernameExistsException",
}
# The pool has confirmed the person; only its trigger failed, and the caller does the same.
_TRIGGER_FAILED = {
    "InvalidLambdaResponseException",
    "UnexpectedLambdaException",
    "UserLambdaValidationException",
}


class Declined(Exception):  # noqa: N818 (an answer of the pool, not a fault)
    """The pool says no: its code for the reason."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class PoolUser:
    """A person as the pool knows them."""

    subject: str
    email: str
    first_name: str
    last_name: str
    status: str

    @classmethod
    def of(cls, attributes: dict[str, str], status: str = "CONFIRMED") -> "PoolUser":
        return cls(
            subject=attributes["sub"],
            email=attributes["email"].lower(),
            first_name=attributes.get("given_name", ""),
            last_name=attributes.get("family_name", ""),
            status=status,
        )


def sign_up(email: str, password: str, first_name: str, last_name: str) -> None:
    """Enter a person, to whom the pool mails a code."""
    names = {"email": email, "given_name": first_name, "family_name": last_name}
    _call(
        "sign_up",
        **_person(email),
        Password=password,
        UserAttributes=[{"Name": name, "Value": value} for name, value in names.items() if value],
    )


def confirm(email: str, code: str, correlation_id: str) -> None:
    """Confirm a person by the mailed code; the pool's trigger hears of the correlation id."""
    try:
        _call(
            "confirm_sign_up",
            **_person(email),
            ConfirmationCode=code,
            ClientMetadata={"correlationId": correlation_id},
        )
    except Declined as declined:
        if declined.code not in _TRIGGER_FAILED:
            raise


def mail_code_again(email: str) -> None:
    """Mail a fresh confirmation code."""
    _call("resend_confirmation_code", **_person(email))


def find(email: str) -> PoolUser | None:
    """The person of an address, confirmed or not."""
    try:
        found = _call("admin_get_user", UserPoolId=setting("USER_POOL_ID"), Username=email)
    except Declined as declined:
        if declined.code == "UserNotFoundException":
            return None
        raise
    attributes = {item["Name"]: item["Value"] for item in found["UserAttributes"]}
    return PoolUser.of(attributes, found["UserStatus"])


def forget(email: str) -> None:
    """Remove a person who never confirmed."""
    _call("admin_delete_user", UserPoolId=setting("USER_POOL_ID"), Username=email)


def sign_in(email: str, password: str) -> dict[str, Any]:
    """The pool's tokens for a password. Declined too when the pool wants another step."""
    answer = _call(
        "initiate_auth",
        ClientId=setting("USER_POOL_CLIENT_ID"),
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={
            "USERNAME": email,
            "PASSWORD": password,
            "SECRET_HASH": _secret_hash(email),
        },
    )
    if "AuthenticationResult" not in answer:
        raise Declined("NotAuthorizedException")
    return answer["AuthenticationResult"]


def refresh(token: str) -> dict[str, Any]:
    """Fresh tokens for a refresh token, which the pool rotates."""
    answer = _call("get_tokens_from_refresh_token", RefreshToken=token, **_client())
    return answer["AuthenticationResult"]


def revoke(token: str) -> None:
    """End the session of a refresh token."""
    _call("revoke_token", Token=token, **_client())


def mail_reset_code(email: str) -> None:
    """Mail a code that allows a new password."""
    _call("forgot_password", **_person(email))


def reset_password(email: str, code: str, password: str) -> None:
    """Set a new password by the mailed code, and end every session."""
    _call("confirm_forgot_password", **_person(email), ConfirmationCode=code, Password=password)
    _call("admin_user_global_sign_out", UserPoolId=setting("USER_POOL_ID"), Username=email)


def change_password(access_token: str, current: str, new: str) -> None:
    """Set a new password by the current one, and end every session."""
    _call(
        "change_password", AccessToken=access_token, PreviousPassword=current, ProposedPassword=new
    )
    _call("global_sign_out", AccessToken=access_token)


def _person(email: str) -> dict[str, str]:
    return {
        "ClientId": setting("USER_POOL_CLIENT_ID"),
        "Username": email,
        "SecretHash": _secret_hash(email),
    }


def _client() -> dict[str, str]:
    return {
        "ClientId": setting("USER_POOL_CLIENT_ID"),
        "ClientSecret": secret("user-pool-client-secret"),
    }


def _secret_hash(username: str) -> str:
    """Proof to the pool that the caller knows the client's secret."""
    message = (username + setting("USER_POOL_CLIENT_ID")).encode()
    digest = hmac.new(secret("user-pool-client-secret").encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _call(operation: str, **parameters: Any) -> dict[str, Any]:
    """One call of the pool. Errors: Declined, SERVICE_UNAVAILABLE, EXTERNAL_SERVICE_ERROR."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return getattr(client("cognito-idp"), operation)(**parameters)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _DECLINED or code in _TRIGGER_FAILED:
            raise Declined(code) from None
        if code == "TooManyRequestsException":
            raise Refusal("SERVICE_UNAVAILABLE", headers={"Retry-After": "2"}) from None
        raise Refusal("EXTERNAL_SERVICE_ERROR") from error
    except BotoCoreError as error:
        raise Refusal("EXTERNAL_SERVICE_ERROR") from error
