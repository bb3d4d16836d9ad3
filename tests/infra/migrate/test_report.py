"""The report says what PostgreSQL does: each lock mode is compared with the one really taken."""

import psycopg
import pytest

from infra.migrate.report import describe, is_destructive
from infra.migrate.statements import skeletons
from tests.infra.migrate.database import run

STRENGTH = [
    "none",
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
]
SETTING = """
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE note (id int, body text, author_id int, made_at timestamptz DEFAULT now());
CREATE INDEX note_id ON note (id);
CREATE UNIQUE INDEX note_key ON note (id, body);
ALTER TABLE note ADD CONSTRAINT short CHECK (length(body) < 10) NOT VALID;
CREATE POLICY everyone ON note;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER first BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION touch();
CREATE MATERIALIZED VIEW note_count AS SELECT count(*) AS number FROM note;
"""
STATEMENTS = [
    "CREATE INDEX note_body ON note (body)",
    "DROP INDEX note_id",
    "DROP TABLE note CASCADE",
    "TRUNCATE note",
    "DELETE FROM note",
    "UPDATE note SET body = ''",
    "INSERT INTO note (id) VALUES (1)",
    "CREATE POLICY second ON note",
    "DROP POLICY everyone ON note",
    "CREATE TRIGGER second BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION touch()",
    "DROP TRIGGER first ON note",
    "ANALYZE note",
    "COMMENT ON TABLE note IS 'a note'",
    "ALTER TABLE note ADD COLUMN a text",
    "ALTER TABLE note ADD COLUMN a int DEFAULT 1",
    "ALTER TABLE note ADD COLUMN a timestamptz DEFAULT now()",
    "ALTER TABLE note ADD COLUMN a uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE note ADD COLUMN a float DEFAULT round(random())",
    "ALTER TABLE note ADD COLUMN a int GENERATED ALWAYS AS (id + 1) STORED",
    "ALTER TABLE note ADD COLUMN a int GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE note DROP COLUMN made_at",
    "ALTER TABLE note DROP CONSTRAINT short",
    "ALTER TABLE note RENAME COLUMN body TO text",
    "ALTER TABLE note RENAME TO notes",
    "ALTER TABLE note ALTER COLUMN id TYPE bigint",
    "ALTER TABLE note ALTER COLUMN id SET NOT NULL",
    "ALTER TABLE note ALTER COLUMN id SET DEFAULT 1",
    "ALTER TABLE note ALTER COLUMN id SET STATISTICS 100",
    "ALTER TABLE note ADD CONSTRAINT small CHECK (id < 10)",
    "ALTER TABLE note ADD CONSTRAINT small CHECK (id < 10) NOT VALID",
    "ALTER TABLE note ADD CONSTRAINT author FOREIGN KEY (author_id) REFERENCES author (id)",
    "ALTER TABLE note ADD FOREIGN KEY (author_id) REFERENCES author (id) NOT VALID",
    "ALTER TABLE note ADD CONSTRAINT key UNIQUE (id)",
    "ALTER TABLE note ADD CONSTRAINT key UNIQUE USING INDEX note_key",
    "ALTER TABLE note VALIDATE CONSTRAINT short",
    "ALTER TABLE note ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE note SET (fillfactor = 90)",
    "ALTER TABLE note SET UNLOGGED",
    "ALTER TABLE note DISABLE TRIGGER first",
]
STRONGEST_LOCK = """
SELECT mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation = %s
"""


@pytest.fixture(scope="module")
def setting_url(database_url: str):
    from tests.postgres import temporary_database

    with temporary_database(database_url) as url:
        run(url, SETTING)
        yield url


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_lock_and_the_rewrite_are_those_that_postgresql_makes(
    setting_url: str, statement: str
) -> None:
    (step,) = describe(statement)
    with psycopg.connect(setting_url) as connection:
        oid, file = connection.execute(
            "SELECT oid, relfilenode FROM pg_class WHERE relname = 'note'"
        ).fetchone() or (0, 0)
        connection.execute(statement)  # pyright: ignore[reportArgumentType]
        modes = connection.execute(STRONGEST_LOCK, [oid]).fetchall()
        after = connection.execute(
            "SELECT relfilenode FROM pg_class WHERE oid = %s", [oid]
        ).fetchone()
        connection.rollback()
    taken = {_spelled(mode) for (mode,) in modes} | {"none"}
    assert step.lock == max(taken, key=STRENGTH.index)
    emptied = step.action.startswith(("truncate", "drop table"))
    assert emptied or (step.work == "rewrite") == (after != (file,))


def test_statements_end_at_semicolons_outside_of_text() -> None:
    text = """
        -- one; two
        SELECT 'a;b', E'it\\'s;', "odd;name"; /* three; */
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $body$ SELECT 1; SELECT 2; $body$;
        CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
        DO $$ BEGIN DELETE FROM note; END $$
    """
    assert skeletons(text) == [
        "select '', '', \"odd;name\"",
        "create function f() returns int language sql as ''",
        "create function g() returns int language sql begin atomic select 1; select 2; end",
        "do $$ begin delete from note; end $$",
    ]


def test_what_a_function_would_do_later_is_not_what_the_migration_does() -> None:
    assert not is_destructive(
        "CREATE FUNCTION forget() RETURNS void LANGUAGE sql AS $$ DELETE FROM note $$;"
    )


def test_an_object_that_the_script_makes_again_is_exchanged_not_taken_away() -> None:
    assert not is_destructive("DROP VIEW active_note; CREATE VIEW active_note AS SELECT 1;")
    assert is_destructive("DROP VIEW active_note; CREATE VIEW deleted_note AS SELECT 1;")


def _spelled(mode: str) -> str:
    """`AccessExclusiveLock` as the manual writes it."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in mode)
    return words.removesuffix(" Lock").strip().upper()
