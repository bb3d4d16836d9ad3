"""The release before this one works on the new schema: two run side by side while one is deployed.

`released.json` holds its statements and tables. What is found is a schema that breaks it: expand
first, contract a release later. Once all run the new release: `python -m infra.migrate freeze`.
"""

import json
from collections.abc import Iterator

import psycopg
import pytest

from infra.migrate import released

RELEASE = json.loads(released.FILE.read_text(encoding="utf-8"))
# Rules that are new for columns which the release writes, and why it keeps them nevertheless.
KEPT: dict[str, str] = {}
DESCRIBED: list[released.Json] = []


@pytest.fixture
def schema(fresh_database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        yield connection


def this_release(schema: psycopg.Connection) -> released.Json:
    """What the code asks of a database like this one, and a column more. All new ones are alike, so
    that it is worked out once."""
    schema.execute("alter table device add user_agent text")
    if not DESCRIBED:
        DESCRIBED.append(released.described(schema))
    return DESCRIBED[0]


def test_a_database_has_what_its_own_release_needs(schema: psycopg.Connection):
    assert released.faults(schema, this_release(schema)) == []


def test_the_previous_release_works_on_the_new_schema(schema: psycopg.Connection):
    found = released.faults(schema, RELEASE)
    assert [fault for fault in found if not any(f": {name} is" in fault for name in KEPT)] == []
    assert len(RELEASE["statements"]) > 100


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("alter table course rename column title to name", 'column "title" does not exist'),
        ("alter table course drop column code cascade", 'column "code" does not exist'),
        ("drop function admit cascade", "function admit("),
        ("revoke select on device from campus_app", "permission denied for table device"),
        ("alter table device add made_in text not null", "every row needs made_in"),
        ("alter table device alter user_agent set not null", "every row needs user_agent"),
        ("alter table device add check (length(token) > 9)", "a new rule for columns"),
        ("alter table device alter version type bigint", "gives version as bigint, gave integer"),
    ],
)
def test_a_schema_that_breaks_it_is_found(schema: psycopg.Connection, change: str, told: str):
    release = this_release(schema)
    schema.execute(change)  # pyright: ignore[reportArgumentType]
    assert any(told in fault for fault in released.faults(schema, release))


@pytest.mark.parametrize(
    "change",
    [
        "alter table device add made_in text, add check (made_in <> '')",
        "alter table device add made_in text not null default 'here'",
        "create table shelf (id uuid primary key, name text not null)",
        "alter table device drop constraint device_platform_check, add constraint"
        " device_platform_check check (platform in ('ios', 'android', 'web', 'watch'))",
    ],
)
def test_a_schema_that_only_expands_is_fine(schema: psycopg.Connection, change: str):
    release = this_release(schema)
    schema.execute(change)  # pyright: ignore[reportArgumentType]
    assert released.faults(schema, release) == []
