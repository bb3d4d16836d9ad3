"""Field types of people: e-mail addresses, passwords, names, usernames."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.models import Text

_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.ASCII,
)
_USERNAME = re.compile(r"(?!.*[._]{2})[A-Za-z0-9][A-Za-z0-9_.]{2,18}[A-Za-z0-9]", re.ASCII)

_RESERVED = """
    about abuse account admin administrator administrators anonymous apps auth billing blog
    bookings campus careers contact course courses customer dashboard demo developer developers
    docs documentation email everyone feedback guest help home host info jobs legal login logout
    mail marketing moderator moderators news nobody notifications null oddity official operator
    owner password payment postmaster premium press privacy profile register root sales search
    security settings signin signup staff status student students support system teacher
    teachers team terms test trust undefined user username users webhooks webmaster welcome
"""
RESERVED = frozenset(_RESERVED.split())
"""Usernames that would pass for Campus itself, or for a place on its site."""


def _email(text: str) -> str:
    """Lower case: the user pool compares addresses without case, and so do we."""
    lowered = text.lower()
    if not _EMAIL.fullmatch(lowered) or ".." in lowered:
        raise ValueError("must be an e-mail address")
    return lowered


def _password(text: str) -> str:
    kinds = {
        "a lower-case letter": any(letter.islower() for letter in text),
        "an upper-case letter": any(letter.isupper() for letter in text),
        "a digit": any(letter.isdigit() for letter in text),
        "a symbol": any(not letter.isalnum() and not letter.isspace() for letter in text),
    }
    missing = [kind for kind, present in kinds.items() if not present]
    if missing:
        raise ValueError(f"must contain {', '.join(missing)}")
    if text != text.strip():
        raise ValueError("must not begin or end with a space")
    return text


def username_fault(text: str) -> Literal["invalid", "reserved"] | None:
    """Why a text cannot be a username: `invalid`, `reserved`, or None when it can."""
    if not _USERNAME.fullmatch(text):
        return "invalid"
    return "reserved" if text.lower() in RESERVED else None


def _username(text: str) -> str:
    fault = username_fault(text)
    if fault == "invalid":
        raise ValueError(
            "must be 4 to 20 letters, digits, dots and underscores, the latter two only inside"
            " and not next to one another"
        )
    if fault:
        raise ValueError("is reserved")
    return text


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


Email = Annotated[Text, Field(min_length=6, max_length=254), AfterValidator(_email)]
NewPassword = Annotated[Text, Field(min_length=8, max_length=256), AfterValidator(_password)]
GivenPassword = Annotated[Text, Field(min_length=1, max_length=256)]
"""A password to be compared: the rules for new ones say nothing about it."""
Username = Annotated[Text, Field(max_length=20), AfterValidator(_username)]
FirstName = Annotated[Text, Field(min_length=1, max_length=50), AfterValidator(_name)]
LastName = Annotated[Text, Field(max_length=50)]
Place = Annotated[Text, Field(max_length=100)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
