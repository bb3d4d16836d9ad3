"""Short questions to a test database, as the admin."""

from typing import Any

import psycopg


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # pyright: ignore[reportArgumentType]


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()  # pyright: ignore[reportArgumentType]


def exists(url: str, relation: str) -> bool:
    return ask(url, f"SELECT to_regclass('{relation}') IS NOT NULL") == [(True,)]
