"""What each statement of a migration locks, whether it rewrites a table, and what it destroys.

Read from the text alone; a test compares the lock modes with those that PostgreSQL takes.
"""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from infra.migrate.statements import skeletons, top_level_parts

HARMLESS_LOCKS = {
    "none",
    "ACCESS SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
}  # beside reads and writes
TABLE = r"(?:if exists )?(?:only )?(?P<table>[\w.]+)"
STABLE_DEFAULT = re.compile(r"\b(?:now|nullif|coalesce|lower|upper|make_interval)\(")
VOLATILE_DEFAULT = re.compile(r"\bdefault [^,]*?\w\(")


class Kind(NamedTuple):
    """How a statement or an ALTER TABLE action behaves; `work` is none, scan or rewrite."""

    pattern: str
    lock: str
    work: str = "none"
    destructive: bool = False
    reversible: bool = True


@dataclass(frozen=True)
class Step:
    """One line of the report. `column` is what it takes away, if it takes away a column."""

    action: str
    table: str
    lock: str
    work: str
    destructive: bool
    reversible: bool
    on_new_table: bool
    column: str = ""

    @property
    def blocks(self) -> bool:
        """Whether work on a table with rows happens under a lock that stops its writers."""
        return self.work != "none" and self.lock not in HARMLESS_LOCKS and not self.on_new_table


def gone(pattern: str, lock: str = "ACCESS EXCLUSIVE", work: str = "none") -> Kind:
    return Kind(pattern, lock, work, destructive=True, reversible=False)


# The first pattern that matches decides.
ALTER_TABLE = [
    gone(r"drop (?:column )?(?!constraint)(?:if exists )?(?P<column>\w+)"),
    gone(r"rename (?:column )?(?!to|constraint)(?P<column>\w+) to"),
    Kind(r"rename constraint", "ACCESS EXCLUSIVE"),
    gone(r"rename to"),
    gone(r"alter (?:column )?(?P<column>\w+) (?:set data )?type", work="rewrite"),
    Kind(r"alter (?:column )?\w+ set not null", "ACCESS EXCLUSIVE", "scan"),
    Kind(r"alter (?:column )?\w+ set (?:statistics|\()", "SHARE UPDATE EXCLUSIVE"),
    Kind(r"alter ", "ACCESS EXCLUSIVE"),
    Kind(r"add (?:constraint \w+ )?foreign key .*\bnot valid$", "SHARE ROW EXCLUSIVE"),
    Kind(r"add .*\bnot valid$", "ACCESS EXCLUSIVE"),
    Kind(r"add (?:constraint \w+ )?(?:unique|primary key) using index", "ACCESS EXCLUSIVE"),
    Kind(r"add (?:constraint \w+ )?foreign key", "SHARE ROW EXCLUSIVE", "scan"),
    Kind(r"add (?:constraint|check|unique|primary key|exclude)\b", "ACCESS EXCLUSIVE", "scan"),
    Kind(r"add .*\b(?:stored|generated|serial|bigserial)\b", "ACCESS EXCLUSIVE", "rewrite"),
    Kind(r"add .*\b(?:references|check|unique|primary key)\b", "ACCESS EXCLUSIVE", "scan"),
    Kind(r"add ", "ACCESS EXCLUSIVE"),
    Kind(r"validate constraint", "SHARE UPDATE EXCLUSIVE", "scan"),
    Kind(r"set (?:logged|unlogged|tablespace|access method)", "ACCESS EXCLUSIVE", "rewrite"),
    gone(r"set schema"),
    Kind(r"(?:set|reset) \(|cluster on|set without cluster", "SHARE UPDATE EXCLUSIVE"),
    Kind(r"(?:enable|disable) (?:\w+ )?trigger", "SHARE ROW EXCLUSIVE"),
    Kind(r"attach partition", "SHARE UPDATE EXCLUSIVE", "scan"),
    Kind(r"detach partition", "ACCESS EXCLUSIVE"),
    Kind(r"", "ACCESS EXCLUSIVE"),
]
STATEMENTS = [
    Kind(r"create (?:unlogged )?table (?:if not exists )?(?P<table>[\w.]+)", "none"),
    Kind(r"create (?:unique )?index concurrently", "SHARE UPDATE EXCLUSIVE", "scan"),
    Kind(r"create (?:unique )?index\b", "SHARE", "scan"),
    Kind(r"drop index concurrently", "SHARE UPDATE EXCLUSIVE"),
    Kind(r"drop index", "ACCESS EXCLUSIVE"),
    Kind(r"reindex .*\bconcurrently", "SHARE UPDATE EXCLUSIVE", "scan"),
    Kind(r"reindex", "ACCESS EXCLUSIVE", "scan"),
    gone(rf"drop table {TABLE}"),
    gone(rf"truncate (?:table )?{TABLE}"),
    gone(rf"delete from {TABLE}", "ROW EXCLUSIVE"),  # noqa: S608 - a pattern, not a query
    Kind(r"update (?:only )?(?P<table>[\w.]+)", "ROW EXCLUSIVE", reversible=False),
    Kind(r"(?:with|insert|select|values)\b", "ROW EXCLUSIVE"),
    gone(
        r"drop (?:(?:materialized )?view|function|procedure|routine|aggregate|type|domain"
        rf"|sequence|schema|extension) {TABLE}"
    ),
    Kind(r"create policy \S+ on (?P<table>[\w.]+)", "ACCESS EXCLUSIVE"),
    Kind(r"(?:alter|drop) policy (?:if exists )?\S+ on (?P<table>[\w.]+)", "ACCESS EXCLUSIVE"),
    Kind(r"create (?:or replace )?trigger .*? on (?P<table>[\w.]+)", "SHARE ROW EXCLUSIVE"),
    Kind(r"drop trigger .*? on (?P<table>[\w.]+)", "ACCESS EXCLUSIVE"),
    Kind(r"refresh materialized view concurrently", "EXCLUSIVE", "scan"),
    Kind(r"refresh materialized view", "ACCESS EXCLUSIVE", "rewrite"),
    Kind(r"alter type \S+ add value", "none", reversible=False),
    Kind(r"(?:vacuum full|cluster)\b", "ACCESS EXCLUSIVE", "rewrite"),
    Kind(r"(?:analyze|vacuum|comment on)\b", "SHARE UPDATE EXCLUSIVE"),
    Kind(r"call protect\('(?P<table>[\w.]+)'", "ACCESS EXCLUSIVE"),
    Kind(r"call bound_times\('(?P<table>[\w.]+)'", "ACCESS EXCLUSIVE", "scan"),
    Kind(r"(?:grant|revoke)\b", "ACCESS SHARE"),
    Kind(r"(?:create|alter|set|reset|call)\b", "none"),
    Kind(r"", "ACCESS EXCLUSIVE"),
]
INDEX = re.compile(r"create (?:unique )?index (?:concurrently )?(?:if not exists )?(\w+) on ")
ON_TABLE = re.compile(r" on (?:only )?(?P<table>[\w.]+)")


def describe(text: str) -> list[Step]:
    """One step a statement, and one an action for ALTER TABLE."""
    steps: list[Step] = []
    made: set[str] = set()
    for statement in skeletons(text):
        found = _steps_of(statement)
        if statement.startswith("create "):
            made |= _made(statement)
        steps += [replace(step, on_new_table=step.table in made) for step in found]
    return [
        # What the same script makes again (or made) is exchanged, not taken away.
        replace(step, destructive=step.destructive and not (step.table in made and not step.column))
        for step in steps
    ]


def is_destructive(text: str) -> bool:
    return any(step.destructive for step in describe(text))


def needs_long_lock(text: str) -> bool:
    """Whether waiting for its lock makes readers or writers wait."""
    return any(step.lock not in HARMLESS_LOCKS for step in describe(text))


def indexes_made(text: str) -> set[str]:
    return {match[1] for statement in skeletons(text) if (match := INDEX.match(statement))}


def _steps_of(statement: str) -> list[Step]:
    if statement.startswith("do "):
        return _inside(statement)
    match = re.match(rf"alter (?:materialized view|table) {TABLE} (?P<rest>.*)", statement)
    if not match:
        return [_step(statement, STATEMENTS, "")]
    table = match["table"]
    steps = [_step(action, ALTER_TABLE, table) for action in top_level_parts(match["rest"])]
    return [replace(step, action=f"alter table {table} {step.action}") for step in steps]


def _inside(block: str) -> list[Step]:
    """A DO block may run anything: named by the worst statement that its text contains."""
    inner = [
        _step(part.strip(), STATEMENTS, "")
        for part in re.split(r"[;'$]|\b(?:begin|then|loop|else)\b", block)
        if re.match(r"\s*(?:drop|truncate|delete|alter|update|insert|create)\b", part)
    ]
    return inner or [Step("do", "", "none", "none", False, True, False)]


def _step(statement: str, kinds: list[Kind], table: str) -> Step:
    kind, match = next(
        (kind, match) for kind in kinds if (match := re.match(kind.pattern, statement))
    )
    groups = match.groupdict()
    table = groups.get("table") or table
    if not table and (found := ON_TABLE.search(statement)):
        table = found["table"]
    work = kind.work
    if kinds is ALTER_TABLE and statement.startswith("add ") and _default_is_volatile(statement):
        work = "rewrite"
    action = statement if len(statement) <= 60 else statement[:57] + "..."
    column = groups.get("column") or ""
    return Step(action, table, kind.lock, work, kind.destructive, kind.reversible, False, column)


def _default_is_volatile(action: str) -> bool:
    """A constant default is stored once; one that differs per row rewrites the table."""
    return bool(VOLATILE_DEFAULT.search(STABLE_DEFAULT.sub("", action)))


def _made(statement: str) -> set[str]:
    pattern = (
        r"create (?:or replace )?(?:unlogged |unique |materialized |recursive )*"
        r"(?:table|view|function|procedure|type|domain|sequence) (?:if not exists )?([\w.]+)"
    )
    match = re.match(pattern, statement)
    return {match[1]} if match else set()
