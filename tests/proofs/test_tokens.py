"""Forged tokens are refused: every crafted one over HTTP, mutations by the thousand."""

import os
from collections import Counter
from collections.abc import Callable

import pytest

from shared import identity
from shared.errors import Refusal
from shared.ids import uuid7
from tests.campus import Campus, User, somewhere, token
from tests.proofs.forged_tokens import crafted, mutations

SEED = os.environ.get("CAMPUS_SEED", "campus")
MUTATIONS = 100_000 if os.environ.get("CAMPUS_FUZZ") == "all" else 2_000
REFUSED = ("INVALID_TOKEN", "TOKEN_EXPIRED")


def test_no_crafted_token_gets_in(campus: Campus, user: User):
    assert campus.call("GET", "/v2/users/me", user).status == 200
    forged = crafted(user.subject)
    assert len(forged) >= 40
    for name, text in forged.items():
        campus.address = somewhere()  # bad credentials are counted by address
        headers = {"authorization": f"Bearer {text}"}
        answer = campus.call("GET", "/v2/users/me", headers=headers)
        assert (answer.status, answer.error in REFUSED) == (401, True), (name, answer.text)


@pytest.mark.parametrize(
    "value",
    ["{}", "Basic {}", "bearer", "Bearer", "Bearer  {}", "Token {}", "Bearer\t{}", "DPoP {}", ""],
)
def test_no_other_scheme_is_taken(campus: Campus, user: User, value: str):
    headers = {"authorization": value.format(user.token)}
    assert campus.call("GET", "/v2/users/me", headers=headers).status == 401


def test_no_mutated_token_is_taken(record_property: Callable[[str, object], None]):
    good = token(str(uuid7()))
    assert identity.verify(good).subject
    outcomes = Counter(outcome(text) for text in mutations(good, MUTATIONS, SEED))
    assert set(outcomes) <= set(REFUSED), f"seed {SEED!r}: {outcomes}"
    assert outcomes.total() == MUTATIONS
    record_property("mutated tokens", MUTATIONS)


def outcome(text: str) -> str:
    """How a token is refused; a token that is taken, or another exception, is an outcome too."""
    try:
        identity.verify(text)
    except Refusal as refusal:
        return refusal.code
    except Exception as error:
        return f"{type(error).__name__} for {text!r}"
    return f"taken: {text!r}"
