"""A user pool in this process, behind the real client.

boto3 checks and serializes every call as it would for AWS; what would go over the network comes
here instead, and errors leave the client as its own exceptions.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from shared.ids import uuid7
from shared.settings import secret, setting
from tests.campus import context, token

POOL = "cognito-idp"


class PoolError(Exception):
    """An error of the pool by its code."""


@dataclass
class Member:
    """A person in the pool."""

    email: str
    password: str
    names: dict[str, str]
    subject: str = field(default_factory=lambda: str(uuid7()))
    status: str = "UNCONFIRMED"
    code: str = "111111"
    reset_code: str = ""


class StandInPool:
    """Sign-up, confirmation, sign-in and rotation as Cognito documents them."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.members: dict[str, Member] = {}
        self.sessions: dict[str, str] = {}
        self.mails: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self.trigger: Callable[[dict[str, Any], Any], Any] | None = None
        self.failure: str | None = None
        client.meta.events.register("before-call.cognito-identity-provider", self._answer)

    def _answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        self.calls.append(model.name)
        meta: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}}
        try:
            if self.failure:
                raise PoolError(self.failure)
            request = json.loads(params["body"])
            self._check_client(request)
            answer = getattr(self, f"_{model.name}")(request)
            return SimpleNamespace(status_code=200), {**(answer or {}), **meta}
        except PoolError as error:
            fault = {"Error": {"Code": str(error), "Message": str(error)}, **meta}
            return SimpleNamespace(status_code=400), fault

    def _check_client(self, request: dict[str, Any]) -> None:
        parameters = request.get("AuthParameters", request)
        username = parameters.get("Username") or parameters.get("USERNAME")
        if "UserPoolId" in request or "AccessToken" in request:
            return
        key = secret("user-pool-client-secret")
        if "ClientSecret" in request:
            if request["ClientSecret"] != key:
                raise PoolError("NotAuthorizedException")
            return
        message = f"{username}{setting('USER_POOL_CLIENT_ID')}".encode()
        expected = base64.b64encode(hmac.digest(key.encode(), message, hashlib.sha256)).decode()
        if expected not in (parameters.get("SecretHash"), parameters.get("SECRET_HASH")):
            raise PoolError("NotAuthorizedException")

    def _member(self, name: str, otherwise: str = "UserNotFoundException") -> Member:
        if name not in self.members:
            raise PoolError(otherwise)
        return self.members[name]

    def _SignUp(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 (the operation's)
        email = request["Username"]
        if email in self.members:
            raise PoolError("UsernameExistsException")
        if "weak" in request["Password"]:
            raise PoolError("InvalidPasswordException")
        names = {item["Name"]: item["Value"] for item in request["UserAttributes"]}
        member = self.members[email] = Member(email, request["Password"], names)
        self.mails.append((email, member.code))
        return {"UserConfirmed": False, "UserSub": member.subject}

    def _ConfirmSignUp(self, request: dict[str, Any]) -> None:  # noqa: N802
        member = self._member(request["Username"], "CodeMismatchException")
        if member.status == "CONFIRMED":
            raise PoolError("NotAuthorizedException")
        if member.code != request["ConfirmationCode"]:
            raise PoolError("CodeMismatchException")
        member.status = "CONFIRMED"
        if self.trigger:
            try:
                self.trigger(confirmation(member, request["ClientMetadata"]), context())
            except Exception:
                raise PoolError("UserLambdaValidationException") from None

    def _ResendConfirmationCode(self, request: dict[str, Any]) -> None:  # noqa: N802
        member = self._member(request["Username"])
        if member.status == "CONFIRMED":
            raise PoolError("InvalidParameterException")
        self.mails.append((member.email, member.code))

    def _InitiateAuth(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        given = request["AuthParameters"]
        member = self._member(given["USERNAME"], "NotAuthorizedException")
        if member.password != given["PASSWORD"]:
            raise PoolError("NotAuthorizedException")
        if member.status != "CONFIRMED":
            raise PoolError("UserNotConfirmedException")
        return self._tokens(member)

    def _GetTokensFromRefreshToken(  # noqa: N802
        self, request: dict[str, Any]
    ) -> dict[str, Any]:
        email = self.sessions.pop(request["RefreshToken"], None)
        if email is None:
            raise PoolError("RefreshTokenReuseException")
        return self._tokens(self.members[email])

    def _tokens(self, member: Member) -> dict[str, Any]:
        refresh = f"eyJhbGciOi.{uuid7().hex}.{uuid7().hex}"
        self.sessions[refresh] = member.email
        return {
            "AuthenticationResult": {
                "AccessToken": token(member.subject),
                "IdToken": "x",
                "RefreshToken": refresh,
                "ExpiresIn": 900,
                "TokenType": "Bearer",
            }
        }

    def _RevokeToken(self, request: dict[str, Any]) -> None:  # noqa: N802
        self.sessions.pop(request["Token"], None)

    def _ForgotPassword(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        member = self._member(request["Username"])
        member.reset_code = "222222"
        self.mails.append((member.email, member.reset_code))
        return {"CodeDeliveryDetails": {}}

    def _ConfirmForgotPassword(self, request: dict[str, Any]) -> None:  # noqa: N802
        member = self._member(request["Username"], "CodeMismatchException")
        if not member.reset_code or member.reset_code != request["ConfirmationCode"]:
            raise PoolError("CodeMismatchException")
        member.password = request["Password"]

    def _ChangePassword(self, request: dict[str, Any]) -> None:  # noqa: N802
        member = self._owner(request)
        if member.password != request["PreviousPassword"]:
            raise PoolError("NotAuthorizedException")
        member.password = request["ProposedPassword"]

    def _GlobalSignOut(self, request: dict[str, Any]) -> None:  # noqa: N802
        self._end_sessions(self._owner(request).email)

    def _AdminUserGlobalSignOut(self, request: dict[str, Any]) -> None:  # noqa: N802
        self._end_sessions(request["Username"])

    def _AdminGetUser(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        member = self._member(request["Username"])
        attributes = {**member.names, "sub": member.subject}
        return {
            "Username": member.subject,
            "UserStatus": member.status,
            "UserAttributes": [{"Name": n, "Value": v} for n, v in attributes.items()],
        }

    def _AdminDeleteUser(self, request: dict[str, Any]) -> None:  # noqa: N802
        del self.members[request["Username"]]

    def _owner(self, request: dict[str, Any]) -> Member:
        claims = json.loads(base64.urlsafe_b64decode(request["AccessToken"].split(".")[1] + "=="))
        return next(m for m in self.members.values() if m.subject == claims["sub"])

    def _end_sessions(self, email: str) -> None:
        self.sessions = {t: owner for t, owner in self.sessions.items() if owner != email}


def confirmation(member: Member, metadata: dict[str, str]) -> dict[str, Any]:
    """What the pool sends to its trigger after a confirmation."""
    return {
        "version": "1",
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "region": "eu-central-1",
        "userPoolId": setting("USER_POOL_ID"),
        "userName": member.subject,
        "request": {
            "userAttributes": {**member.names, "sub": member.subject, "email_verified": "true"},
            "clientMetadata": metadata,
        },
        "response": {},
    }
