"""What the published release asks of the database: its statements and the tables that it writes.

Two releases run side by side for minutes, so a new schema must serve the one before it. What that
one needs is kept as data, as the published OpenAPI documents are: its code need not be at hand. The
statements are prepared and planned in their roles; what they would get and give has to stay.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus

from shared.lists import Paging, compile_list
from shared.models import ListQuery
from shared.sql import Statement, parse

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
FILE = Path(__file__).parent / "released.json"
ROLES = ("campus_app", "campus_system", "campus_support")
_PLANNED = ("select", "insert", "update", "delete", "merge", "with")
_TABLES = """
select c.relname,
       (select jsonb_object_agg(a.attname, jsonb_build_object(
                   'type', format_type(a.atttypid, a.atttypmod),
                   'needed', a.attnotnull and not a.atthasdef and a.attidentity = ''))
          from pg_attribute as a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
       (select coalesce(jsonb_object_agg(k.conname, jsonb_build_object(
                   'rule', pg_get_constraintdef(k.oid),
                   'columns', (select jsonb_agg(a.attname order by a.attnum)
                                 from pg_attribute as a
                                where a.attrelid = c.oid and a.attnum = any (k.conkey)))), '{}')
          from pg_constraint as k
         where k.conrelid = c.oid and k.contype in ('c', 'f', 'u', 'x'))
  from pg_class as c
 where c.relkind in ('r', 'p') and not c.relispartition
   and c.relnamespace = 'public'::regnamespace and c.relname not like 'schema\\_%'
 order by c.relname"""


def described(connection: psycopg.Connection) -> Json:
    """What the code of this folder asks of a database that it fits."""
    found: list[Json] = []
    for name, text in statements():
        roles = [role for role in ROLES if not refusal(connection, role, text)]
        if not roles:
            raise ValueError(f"{name}: {refusal(connection, ROLES[0], text)}")
        shape = _shape(connection, text)
        found.append({"name": name, "text": text, "roles": roles, **shape})
    return {"statements": found, "tables": _tables(connection)}


def dumps(release: Json) -> str:
    """The description as it is checked in."""
    return json.dumps(release, indent=1, ensure_ascii=False) + "\n"


def faults(connection: psycopg.Connection, release: Json) -> list[str]:
    """What a database lacks for the release."""
    found: list[str] = []
    for statement in release["statements"]:
        found += [f"{statement['name']}: {fault}" for fault in _misfits(connection, statement)]
    now = _tables(connection)
    for name, table in release["tables"].items():
        if name in now:  # one that is gone is missed by its statements
            found += [f"{name}: {fault}" for fault in _obstacles(table, now[name])]
    return found


def _misfits(connection: psycopg.Connection, statement: Json) -> Iterator[str]:
    text = statement["text"]
    for role in statement["roles"]:
        if said := refusal(connection, role, text):
            yield f"{role}: {said}"
            return
    shape = _shape(connection, text)
    if shape["parameters"] != statement["parameters"]:
        yield f"takes {shape['parameters']}, took {statement['parameters']}"
    for column, kind in statement["columns"].items():
        if shape["columns"].get(column) != kind:
            yield f"gives {column} as {shape['columns'].get(column)}, gave {kind}"


def _obstacles(before: Json, after: Json) -> Iterator[str]:
    """What stops a writer who knows the table as it was."""
    for column, now in after["columns"].items():
        was = before["columns"].get(column)
        if now["needed"] and not (was and was["needed"]):
            yield f"every row needs {column}, which the release leaves out"
    rules = {rule["rule"] for rule in before["constraints"].values()}
    for name, now in after["constraints"].items():
        known = set(now["columns"]) <= before["columns"].keys()
        was = before["constraints"].get(name)
        if known and now["rule"] not in rules and not (was and _wider(was["rule"], now["rule"])):
            yield f"{name} is a new rule for columns that the release writes: {now['rule']}"


def _wider(before: str, after: str) -> bool:
    """Whether a rule allows more texts than before, and says the same otherwise."""
    text = re.compile(r"'[^']*'(::[a-z ]+(\[\])?)?(, )?")
    more = set(re.findall(r"'[^']*'", before)) <= set(re.findall(r"'[^']*'", after))
    return more and text.sub("", before) == text.sub("", after)


def statements() -> Iterator[tuple[str, str]]:
    """Every SQL statement of the code with its place, as the server gets it."""
    for folder in ("functions", "shared"):
        for path in sorted((ROOT / folder).rglob("*.sql")):
            for statement in parse(path.read_text(encoding="utf-8")):
                for text in _variants(statement):
                    yield f"{path.relative_to(ROOT)} {statement.name}", _numbered(text)
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line, text in _constants(path):
                yield f"{path.relative_to(ROOT)} {line}", _numbered(text)


def _variants(statement: Statement) -> Iterator[str]:
    """A list in every order with all its filters; any other statement as it is."""
    if not statement.sorts:
        if statement.text.startswith(_PLANNED):
            yield statement.text
        return
    filters = "".join(f"\n   and {text}" for text in statement.filters.values())
    filtered = statement._replace(text=statement.text + filters)
    for sort in statement.sorts:
        query = ListQuery.model_construct(limit=20, cursor=None, sort=sort, fields=None)
        yield compile_list(filtered, ListQuery, query, Paging(), "", {}).text


def _constants(path: Path) -> Iterator[tuple[str, str]]:
    """SQL that a module keeps in a constant of its own."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str) and text.startswith(tuple(f"{w} " for w in _PLANNED)):
                yield ast.unparse(node.targets[0]), text


def _numbered(text: str) -> str:
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return re.sub(r"%\((\w+)\)s", number, text).replace("%%", "%")


def refusal(connection: psycopg.Connection, role: str, text: str) -> str:
    """Why a role cannot run a statement; "" when it can. Planning checks what it may touch."""
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
    try:
        result = connection.pgconn.exec_(f"explain (generic_plan) {text}".encode())
    finally:
        connection.execute("reset role")
    if result.status == ExecStatus.TUPLES_OK:
        return ""
    return " ".join(result.error_message.decode().split())


def _shape(connection: psycopg.Connection, text: str) -> Json:
    """The types of a statement's parameters, and of its columns by name."""
    prepared = connection.pgconn.prepare(b"", text.encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        raise ValueError(f"{prepared.error_message.decode()}\n{text}")
    found = connection.pgconn.describe_prepared(b"")
    kinds = [found.param_type(number) for number in range(found.nparams)]
    columns = {
        (found.fname(number) or b"").decode(): found.ftype(number)
        for number in range(found.nfields)
    }
    names = _names(connection, {*kinds, *columns.values()})
    return {
        "parameters": [names[kind] for kind in kinds],
        "columns": {name: names[kind] for name, kind in columns.items()},
    }


def _names(connection: psycopg.Connection, kinds: set[int]) -> dict[int, str]:
    rows = connection.execute(
        "select oid::int8, format_type(oid, null) from pg_type where oid = any (%s::int8[]::oid[])",
        (list(kinds),),
    )
    return dict(rows.fetchall())


def _tables(connection: psycopg.Connection) -> Json:
    rows = connection.execute(_TABLES).fetchall()
    return {name: {"columns": columns, "constraints": rules} for name, columns, rules in rows}
