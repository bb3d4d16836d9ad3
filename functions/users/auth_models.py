"""Newest shapes of signing up and in."""

from typing import Annotated, Literal

from pydantic import Field

from functions.users.fields import Code, Email, FirstName, GivenPassword, LastName, NewPassword
from shared.models import Model

# A refresh token of the pool: base64url segments with dots between them (JWS or JWE).
RefreshToken = Annotated[
    str, Field(max_length=8192, pattern=r"^[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){2,4}$")
]


class SignUp(Model):
    """A new account. The password has at least 8 characters, among them upper and lower case
    letters, a digit and a symbol."""

    email: Email
    password: NewPassword
    first_name: FirstName
    last_name: LastName = ""


class SignedUp(Model):
    """What happens next; the same whether or not the address has an account."""

    email: str
    next_step: Literal["confirm"]


class Confirmation(Model):
    """The code that was mailed after signing up."""

    email: Email
    code: Code


class Credentials(Model):
    """An e-mail address and its password."""

    email: Email
    password: GivenPassword


class Tokens(Model):
    """What authorizes requests (`accessToken`, for `expiresIn` seconds), and what renews it."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str


class Renewal(Model):
    """A refresh token."""

    refresh_token: RefreshToken


class Address(Model):
    """An e-mail address to mail a code to."""

    email: Email


class PasswordReset(Model):
    """A new password, with the code that was mailed for it."""

    email: Email
    code: Code
    password: NewPassword


class PasswordChange(Model):
    """A new password, with the one it replaces."""

    current_password: GivenPassword
    new_password: NewPassword
