"""Row security is the second lock: with every WHERE of every statement stripped, no foreign row.

The statements are those of all `.sql` files beside routes; each is reduced to `select ... from` its
tables, run in the app role as one tenant, and looked through for the other tenant's ids.
"""

import os
import re
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.settings import secret
from shared.sql import parse
from tests.campus import ROOT, Campus
from tests.proofs.planting import Plot

TABLES = re.compile(r"\b(?:from|join|update|into)\s+([a-z_]+)\b")
# What its owner has opened to everybody is no foreign row.
PUBLIC = {"template": "visibility = 'public' and deleted_at is null"}
FILES = sorted((ROOT / "functions").glob("*/*.sql")) + sorted((ROOT / "shared").glob("*.sql"))


def owned_tables(campus: Campus) -> set[str]:
    return {
        row[0]
        for row in campus.rows(
            "select table_name from information_schema.columns"
            " where table_schema = 'public' and column_name = 'user_id'"
        )
    }


@pytest.fixture(scope="module")
def two_tenants(campus: Campus):
    """Two tenants, each with a row in as many tables as a client can fill."""
    users = [campus.user(tier="premium") for _ in range(2)]
    for user in users:
        Plot(campus, user).one_of_each()
    campus.deliver()
    return users


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_statement_without_its_where_shows_a_foreign_row(
    campus: Campus, two_tenants, path: Path
):
    mine, foreign = two_tenants
    owned = owned_tables(campus)
    owners = dict(campus.rows("select table_name, owner from deletable"))
    connection = as_app(campus, mine.id)
    for statement in parse(path.read_text()):
        text = " ".join([statement.text, *statement.includes.values()])
        for table in sorted(set(TABLES.findall(text)) & owned):
            # Of what others do in one's own course or organization, the row has one's own id, too.
            both = f"select user_id, {owners.get(table, 'user_id')} from {table}"
            rows = connection.execute(f"{both} where not ({PUBLIC.get(table, 'false')})").fetchall()
            assert all({mine.id, None} & set(row) for row in rows), (statement.name, table)
    connection.close()
    assert foreign.id != mine.id


def test_every_owned_table_hides_foreign_rows_and_refuses_foreign_writes(
    campus: Campus, two_tenants
):
    mine, foreign = two_tenants
    connection = as_app(campus, mine.id)
    for table in sorted(owned_tables(campus)):
        try:
            rows = connection.execute(f"select user_id from {table}").fetchall()
        except psycopg.errors.InsufficientPrivilege:
            continue
        assert foreign.id not in {row[0] for row in rows}, table
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("update assignment set user_id = %s", (foreign.id,))
    connection.close()


def test_without_a_tenant_nothing_is_seen(campus: Campus, two_tenants):
    connection = as_app(campus, "")
    for table in sorted(owned_tables(campus)):
        try:
            assert connection.execute(f"select user_id from {table}").fetchall() == [], table
        except psycopg.errors.InsufficientPrivilege:
            continue
    connection.close()


def as_app(campus: Campus, user_id: object) -> psycopg.Connection:
    """The app role's connection with a tenant set, as admission sets it."""
    conninfo = make_conninfo(
        os.environ["DATABASE_URL"], user="campus_app", password=secret("database-password-app")
    )
    connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute("select set_config('app.user_id', %s, false)", (str(user_id),))
    return connection
