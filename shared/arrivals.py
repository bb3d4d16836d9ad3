"""A person whom the user pool knows and the database does not yet."""

from typing import Any

from shared.errors import Refusal
from shared.facts import UserCreated
from shared.request import Request

_POOL_IS_BUSY = {"TooManyRequestsException", "InternalErrorException"}


def _busy() -> Refusal:
    return Refusal("SERVICE_UNAVAILABLE", headers={"Retry-After": "2"})


def pool_profile(token: str) -> dict[str, str]:
    """Subject, verified e-mail address and names that the user pool has for an access token."""
    from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]

    from shared.aws import client

    pool = client("cognito-idp")
    try:
        found = pool.get_user(AccessToken=token)
    except ClientError as error:
        told: Any = error.response
        code = told["Error"]["Code"]
        raise _busy() if code in _POOL_IS_BUSY else Refusal("INVALID_TOKEN") from None
    except BotoCoreError:  # it does not answer
        raise _busy() from None
    known = {item["Name"]: item["Value"] for item in found["UserAttributes"]}
    if known.get("email_verified") != "true":
        raise Refusal("INVALID_TOKEN", "The e-mail address is not confirmed.")
    return {
        "subject": known["sub"],
        "email": known["email"],
        "first_name": known.get("given_name", ""),
        "last_name": known.get("family_name", ""),
    }


def tell_arrival(request: Request) -> None:
    """`user.created`, in the transaction that made the account."""
    request.emit(UserCreated(user_id=request.known_caller.user_id))
