"""Every named query has an index that serves it.

A scratch database is filled by column type, every table alike, so that a new table is covered
without being named; then each statement of each `.sql` file is planned (generic plan, in the role
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
from tests.conftest import SERVER_URL, TEMPLATE
from tests.postgres import temporary_database

# 100 rows a user: less, and to sort them all is cheaper than an index that has their order.
ROWS, USERS = 8_000, 80
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
    "list_due_reviews": "few topics of a person are due, found by the index of what is",
    "list_devices": "a user has one device a platform",
    "list_courses": "a plan has ten live courses at most, and each brings its counts",
    "list_organizations": "a person belongs to a few",
    "list_deleted_organizations": "a person deletes a few",
}
STATEMENTS = [
    pytest.param(path.parent.name, statement, id=f"{path.parent.name}/{statement.name}")
    for path in FILES
    for statement in parse(path.read_text())
    if not statement.text.startswith(("savepoint", "rollback", "release"))
]  # fmt: skip


@pytest.fixture(scope="module")
def large() -> Iterator[psycopg.Connection]:
    with (
        temporary_database(os.environ[SERVER_URL], os.environ[TEMPLATE]) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        fill(connection)
        connection.execute("set random_page_cost = 1.1")
        yield connection


def fill(connection: psycopg.Connection) -> None:
    """Rows of every type of column; constraints would only stand in the way of nonsense."""
    for table, name in connection.execute(
        "select conrelid::regclass::text, conname from pg_constraint"
        " where contype in ('c', 'f') and connamespace = 'public'::regnamespace"
        " and coninhcount = 0 order by contype desc"
    ).fetchall():
        connection.execute(f'alter table {table} drop constraint if exists "{name}"')
    tables = connection.execute(
        "select relname from pg_class where relkind in ('r', 'p') and not relispartition"
        " and relnamespace = 'public'::regnamespace"
    ).fetchall()
    connection.execute("set session_replication_role = replica")
    connection.execute("set default_statistics_target = 20")
    for (table,) in tables:
        if table not in SMALL:
            columns = connection.execute(
                "select column_name, udt_name, is_nullable = 'YES' from information_schema.columns"
                " where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'",
                (table,),
            ).fetchall()
            names = ", ".join(f'"{name}"' for name, _, _ in columns)
            values = ", ".join(value(*column) for column in columns)
            count = USERS if table in ("app_user", "streak", "preferences") else ROWS
            connection.execute(
                f"insert into {table} ({names}) overriding system value"
                f" select {values} from generate_series(1, {count}) n on conflict do nothing"
            )
    connection.execute("analyze")


def value(name: str, kind: str, nullable: bool) -> str:
    """An expression for one column of row n."""
    by_kind = {
        "uuid": "gen_random_uuid()", "text": "md5(n::text)", "int2": "(n % 5)::smallint",
        "int4": "n % 1000", "int8": "n", "bool": "n % 2 = 0", "float8": "random()",
        "float4": "random()::real",
        "timestamptz": "now() + (random() * 60 - 30) * interval '1 day'",
        "timestamp": "localtimestamp + random() * 30 * interval '1 day'",
        "date": "current_date + n % 60", "time": "time '08:00'", "jsonb": "'{}'::jsonb",
        "bytea": "decode(md5(n::text), 'hex')", "xid8": "pg_current_xact_id()",
        "numeric": "n", "interval": "interval '1 hour'",
    }  # fmt: skip
    if kind.startswith("_"):
        return f"'{{}}'::{kind[1:]}[]"
    user = f"md5('user' || n % {USERS})::uuid"
    made = user if name == "user_id" else by_kind[kind]
    if name == "item_id":
        made = "gen_random_uuid()"
    return f"case when n % 3 = 0 then {made} end" if nullable and name != "user_id" else made


@pytest.mark.parametrize(("folder", "statement"), STATEMENTS)
def test_an_index_serves_every_statement(
    large: psycopg.Connection, folder: str, statement: Statement
):
    for text in variants(statement):
        for node in nodes(plan(large, ROLES.get(folder, "campus_app"), text)):
            table = node.get("Relation Name", "")
            if node["Node Type"] == "Seq Scan" and rows_of(large, table) >= LARGE:
                assert statement.name in WHOLE_TABLE, f"sequential scan of {table} in\n{text}"
            if statement.sorts and statement.name not in SORTED:
                assert node["Node Type"] != "Sort", f"a sort that an index could give in\n{text}"


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
