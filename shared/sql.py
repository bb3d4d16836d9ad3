"""Named SQL. Statements live in the `.sql` files of a domain's folder, where a reader, EXPLAIN and
squawk can find them.

    -- name: list_assignments
    -- sort created_at: created_at
    -- sort due_at: due_at
    -- filter status: status = any(%(status)s)
    -- include course: select * from course_brief where id = page.course_id
    select id, title from assignment where user_id = %(user_id)s and deleted_at is null

A statement with `sort` lines is a list: `shared.lists` adds the filters in use, the position and
the order. The first sort is the default, descending when written `-created_at`. What `include=` may
ask for is read beside each row, which is `page` there (`shared.related`); comment lines indented
further go on with it. Parameters are psycopg's (`%(name)s`); `%(user_id)s` is always the caller.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

_HEADER = re.compile(r"--\s*(name|sort|filter|include)\s*([-\w]*):\s*(.+)\Z")
_FURTHER = re.compile(r"--\s{3,}(.+)\Z")


class Statement(NamedTuple):
    """One named statement: its text, what can be included, and for a list what can be sorted and
    filtered by."""

    name: str
    text: str
    sorts: Mapping[str, str] = {}
    filters: Mapping[str, str] = {}
    includes: Mapping[str, str] = {}
    default_sort: str = ""


class Queries:
    """The statements of one folder as attributes."""

    def __init__(self, folder: Path, statements: Mapping[str, Statement]) -> None:
        self._folder = folder
        self._statements = statements

    def __getattr__(self, name: str) -> Statement:
        try:
            return self._statements[name]
        except KeyError:
            known = ", ".join(sorted(self._statements))
            raise AttributeError(
                f"no statement {name!r} in {self._folder}; there is {known}"
            ) from None

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._statements.values())


def queries(beside: str) -> Queries:
    """All statements of the `.sql` files in the folder of a module (pass `__file__`)."""
    return _folder(Path(beside).parent)


@cache
def _folder(folder: Path) -> Queries:
    statements: dict[str, Statement] = {}
    for path in sorted(folder.glob("*.sql")):
        for statement in parse(path.read_text(encoding="utf-8")):
            if statement.name in statements:
                raise ValueError(f"{path}: statement {statement.name} is defined twice")
            statements[statement.name] = statement
    return Queries(folder, statements)


def parse(source: str) -> list[Statement]:
    """Split a file into statements. Comment lines are left out of what is sent to the server."""
    statements: list[Statement] = []
    for block in re.split(r"(?m)^(?=-- name:)", source):
        if block.startswith("-- name:"):
            statements.append(_statement(block))
    return statements


def _statement(block: str) -> Statement:
    lines, default, going_on = [""], "", ("", "")
    said: dict[str, dict[str, str]] = {"name": {}, "sort": {}, "filter": {}, "include": {}}
    for line in block.splitlines():
        if header := _HEADER.match(line):
            kind, key, value = header.groups()
            said[kind][key.lstrip("-")] = value.strip()
            going_on = kind, key
            default = default or (key if kind == "sort" else "")
        elif going_on[1] and (further := _FURTHER.match(line)):
            said[going_on[0]][going_on[1].lstrip("-")] += f" {further[1].strip()}"
        elif not line.lstrip().startswith("--"):
            lines.append(line.rstrip())
    text = "\n".join(lines).strip().rstrip(";")
    return Statement(said["name"][""], text, said["sort"], said["filter"], said["include"], default)
