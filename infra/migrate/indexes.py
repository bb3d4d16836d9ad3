"""Indexes that an interrupted CREATE INDEX CONCURRENTLY left behind."""

from psycopg import sql

from infra.migrate.report import indexes_made
from infra.migrate.session import Connection


def invalid_indexes(connection: Connection) -> list[str]:
    rows = connection.execute(
        """
        SELECT indexrelid::regclass::text
        FROM pg_index
        JOIN pg_class ON pg_class.oid = indexrelid
        WHERE NOT indisvalid AND relnamespace = 'public'::regnamespace
        ORDER BY 1
        """
    ).fetchall()
    return [str(name) for (name,) in rows]


def drop_invalid_indexes(connection: Connection, script: str) -> None:
    """Drop those that `script` makes: they cost every write, serve no query, and keep
    IF NOT EXISTS from building the real one."""
    for name in sorted(set(invalid_indexes(connection)) & indexes_made(script)):
        statement = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name))
        connection.execute(statement)
