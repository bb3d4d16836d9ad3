"""UUIDv7."""

import itertools
from uuid import UUID

import pytest

from shared.ids import canonical_uuid, uuid7
from tests.campus import Campus


def test_ids_of_one_process_are_in_order():
    made = [uuid7() for _ in range(1000)]
    assert all(value.version == 7 for value in made)
    assert all(str(value)[19] in "89ab" for value in made)
    # The clock's steps may be longer than two calls take; random bits decide then.
    inverted = sum(a > b for a, b in itertools.pairwise(made))
    assert inverted < 50
    assert len(set(made)) == 1000


def test_the_database_makes_the_same_kind(campus: Campus):
    ((made,),) = campus.rows("select uuid7()")
    assert made.version == 7
    assert abs((made.int >> 80) - (uuid7().int >> 80)) < 5_000


@pytest.mark.parametrize("text", [
    "", "x", "urn:uuid:00000000-0000-7000-8000-000000000000",
    "{00000000-0000-7000-8000-000000000000}", "00000000000070008000000000000000",
    "00000000-0000-7000-8000-000000000000\n",
])  # fmt: skip
def test_only_the_canonical_form_is_an_id(text: str):
    assert canonical_uuid(text) is None
    assert canonical_uuid("00000000-0000-7000-8000-00000000000A") == UUID(
        int=0x7000800000000000000A
    )
