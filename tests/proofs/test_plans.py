"""Every named query has an index that serves it.

A scratch database is filled by column type, every table alike, so that a new table is covered
without being named; each statement of each `.sql` file is planned (generic plan, in the role
that runs it). A sequential scan of a large table fails, and so does a sort in a list.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shared.lists import Paging, compile_list
from shared.models import ListQuery
from shared.sql import Statement, parse
from tests.campus import ROOT
from tests.postgres import SERVER_URL, TEMPLATE, temporary_database

# 400 rows a user: of a few, to sort them all is cheaper than an index that has their order.
ROWS, USERS = 8_000, 20
LARGE = 2_000
FILES = sorted((ROOT / "functions").glob("*/*.sql")) + sorted((ROOT / "shared").glob("*.sql"))
# Bookkeeping with a row a policy, a table or a deployment.
SMALL = {"deletable", "deletion_policy", "cache_generation", "schema_migration"}
# Folders whose statements run as another role than the app's.
ROLES = dict.fromkeys(("webhooks", "cleanup", "relay", "health", "shared"), "campus_system") | {
    "admin": "campus_support"
}
# One worker fills the scratch database for all of them.
pytestmark = pytest.mark.xdist_group("plans")
# What reads a whole table on purpose, and why.
WHOLE_TABLE = {
    "requeue_unhandled": "run by the local stack only, over the recent history",
    "outbox_backlog": "counts what waits; the outbox is empty but for the last seconds",
    "figures": "counts what waits; the outbox is empty but for the last seconds",
}
SORTED = {
    "search_items": "how well something fits is known when all that fits has been found",
    "list_due_reviews": "few topics of a person are due, found by the index of what is",
    "list_grades": "the attempts of one student at each quiz, of which the best counts",
    "list_deleted_content": "what is in the trash of one course, of three kinds",
    "list_all_templates": "few are shared with a person; own and public ones come in order",
    "list_shared_templates": "few are shared with a person, found by their ids",
    "list_devices": "a user has one device a platform",
    "list_enrolled_courses": "a person takes part in tens of courses, found by their ids",
    "list_courses_with_deleted": "a plan has ten live courses at most, and a trash is short",
    "list_courses": "a plan has ten live courses at most, and each brings its counts",
    "list_organizations": "a person belongs to a few",
    "list_deleted_organizations": "a person deletes a few",
    "list_deleted_courses": "a trash is short",
    "list_deleted_things": "a trash is short",
}
STATEMENTS = [
    pytest.param(path.parent.name, statement, id=f"{path.parent.name}/{statement.name}")
    for path in FILES
    for statement in parse(path.read_text())
    if not statement.text.startswith(("savepoint", "rollback", "release"))
]  # fmt: skip


class Large:
    """A scratch database whose tables are filled when a plan first reads them."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.filled = set(SMALL)
        # Constraints would only stand in the way of nonsense.
        for table, name in connection.execute(
            "select conrelid::regclass::text, conname from pg_constraint"
            " where contype in ('c', 'f') and connamespace = 'public'::regnamespace"
            " and coninhcount = 0 order by contype desc"
        ).fetchall():
            connection.execute(f'alter table {table} drop constraint if exists "{name}"')
        connection.execute("set session_replication_role = replica")
        # Samples of 300 times as many rows: all of them, so that plans are the same in each run.
        connection.execute(f"set default_statistics_target = {ROWS // 300 + 1}")
        connection.execute("set random_page_cost = 1.1")

    def plan(self, role: str, text: str) -> list[dict[str, Any]]:
        """The nodes of a plan, made when all that it reads is there."""
        while True:
            found = list(nodes(plan(self.connection, role, text)))
            tables = {self._whole(n["Relation Name"]) for n in found if "Relation Name" in n}
            if tables <= self.filled:
                return found
            for table in tables - self.filled:
                self._fill(table)

    def _whole(self, table: str) -> str:
        """The table that a partition is of."""
        row = self.connection.execute(
            "select inhparent::regclass::text from pg_inherits where inhrelid = %s::regclass",
            (table,),
        ).fetchone()
        return row[0] if row else table

    def _fill(self, table: str) -> None:
        """Rows of every type of column."""
        columns = self.connection.execute(
            "select column_name, udt_name, is_nullable = 'YES' from information_schema.columns"
            " where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'",
            (table,),
        ).fetchall()
        names = ", ".join(f'"{name}"' for name, _, _ in columns)
        values = ", ".join(value(*column) for column in columns)
        self.connection.execute(
            f"insert into {table} ({names}) overriding system value"
            f" select {values} from generate_series(1, {ROWS}) n on conflict do nothing"
        )
        self.connection.execute(f"analyze {table}")
        self.filled.add(table)


@pytest.fixture(scope="module")
def large() -> Iterator[Large]:
    with (
        temporary_database(os.environ[SERVER_URL], os.environ[TEMPLATE]) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        yield Large(connection)


def value(name: str, kind: str, nullable: bool) -> str:
    """An expression for one column of row n, the same in each run."""
    spread = f"((hashtext('{name}' || n) & 1023) / 1023.0)"  # from 0 to 1, in no order
    by_kind = {
        "uuid": f"md5('{name}' || n)::uuid", "text": "md5(n::text)", "int2": "(n % 5)::smallint",
        "int4": "n % 1000", "int8": "n", "bool": "n % 2 = 0", "float8": spread,
        "float4": f"{spread}::real",
        "timestamptz": f"now() + ({spread} * 60 - 30) * interval '1 day'",
        "timestamp": f"localtimestamp + {spread} * 30 * interval '1 day'",
        "date": "current_date + n % 60", "time": "time '08:00'", "jsonb": "'{}'::jsonb",
        "bytea": "decode(md5(n::text), 'hex')", "xid8": "pg_current_xact_id()",
        "numeric": "n", "interval": "interval '1 hour'",
    }  # fmt: skip
    if kind.startswith("_"):
        return f"'{{}}'::{kind[1:]}[]"
    user = f"md5('user' || n % {USERS})::uuid"
    made = user if name == "user_id" else by_kind[kind]
    return f"case when n % 3 = 0 then {made} end" if nullable and name != "user_id" else made


@pytest.mark.parametrize(("folder", "statement"), STATEMENTS)
def test_an_index_serves_every_statement(large: Large, folder: str, statement: Statement):
    for text in variants(statement):
        for node in large.plan(ROLES.get(folder, "campus_app"), text):
            table = node.get("Relation Name", "")
            if node["Node Type"] == "Seq Scan" and rows_of(large.connection, table) >= LARGE:
                assert statement.name in WHOLE_TABLE, f"sequential scan of {table} in\n{text}"
            if statement.sorts and statement.name not in SORTED:
                assert node["Node Type"] != "Sort", f"a sort that an index could give in\n{text}"


@pytest.mark.parametrize(("folder", "statement"), STATEMENTS)
def test_an_index_serves_what_is_included(large: Large, folder: str, statement: Statement):
    for name, text in statement.includes.items():
        base = next(variants(statement))
        whole = f"select (select to_jsonb(r) from ({text}) as r), page.* from ({base}) as page"
        for node in large.plan(ROLES.get(folder, "campus_app"), whole):
            table = node.get("Relation Name", "")
            sequential = node["Node Type"] == "Seq Scan"
            assert not (sequential and rows_of(large.connection, table) >= LARGE), (
                f"sequential scan of {table} to include {name} in\n{base}"
            )


def variants(statement: Statement) -> Iterator[str]:
    """The statement, or for a list its first and later page in every order."""
    if not statement.sorts:
        yield statement.text
        return
    for sort in statement.sorts:
        for direction in ("", "-"):
            query = ListQuery.model_construct(
                limit=20, cursor=None, sort=direction + sort, fields=None
            )
            compiled = compile_list(statement, ListQuery, query, Paging(), "t", {})
            yield compiled.text


def plan(connection: psycopg.Connection, role: str, text: str) -> dict[str, Any]:
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] in ("limit", "limit_", "batch"):
            return "21"  # a plan for an unknown number of rows would be another
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    numbered = re.sub(r"%\((\w+)\)s", number, text).replace("%%", "%")
    explain = f"explain (generic_plan, format json) {numbered}".encode()
    connection.execute(f"set role {role}")
    try:
        row = connection.execute(explain).fetchone()
    except psycopg.errors.InsufficientPrivilege:  # sign-in and the like runs as the system
        connection.execute("set role campus_system")
        row = connection.execute(explain).fetchone()
    finally:
        connection.execute("reset role")
    assert row
    found = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return found[0]["Plan"]


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from nodes(child)


def rows_of(connection: psycopg.Connection, table: str) -> float:
    row = connection.execute(
        "select reltuples from pg_class where relname = %s", (table,)
    ).fetchone()
    return row[0] if row else 0.0


def test_the_files_are_where_this_test_looks():
    assert {path.parent.name for path in FILES} >= {"shared", "tasks"}
    assert all(isinstance(path, Path) and path.stat().st_size for path in FILES)
