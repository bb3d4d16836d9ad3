"""One PostgreSQL server for a test run, and a database for whoever needs one."""

import contextlib
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from infra import migrate

# Variables by which a test run's first process tells its workers of the server and the template.
SERVER_URL = "CAMPUS_TEST_SERVER_URL"
TEMPLATE = "CAMPUS_TEST_TEMPLATE"


def create_template(url: str, passwords: dict[str, str]) -> str:
    """The name of a migrated database, to be copied."""
    template = f"campus_template_{secrets.token_hex(4)}"
    create_database(url, template)
    migrate.up(with_database(url, template), passwords=passwords)
    return template


def with_database(url: str, name: str) -> str:
    """`url`, with another database; it stays a URL, as DATABASE_URL is one everywhere."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def create_database(url: str, name: str, template: str = "template1") -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _execute(url, statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(url: str, name: str) -> None:
    _execute(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def temporary_database(url: str, template: str = "template1") -> Iterator[str]:
    """The URL of a database that exists as long as the block."""
    name = f"campus_test_{secrets.token_hex(4)}"
    create_database(url, name, template)
    try:
        yield with_database(url, name)
    finally:
        drop_database(url, name)


def _execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
