"""What is refused before anything runs: squawk's findings, long locks, unmarked losses, and
losses that a checked-in query would notice."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from infra.migrate.files import DIRECTORY, Migration, MigrationError, Script
from infra.migrate.report import Step, describe
from infra.migrate.runner import refuse_unmarked
from infra.migrate.statements import skeletons

ROOT = Path(__file__).parent.parent.parent
QUERY_FOLDERS = ("functions", "shared")
# What these rules forbid is the purpose of a contract migration; queries are checked instead.
CONTRACT_RULES = [
    "ban-drop-column",
    "ban-drop-function",
    "ban-drop-not-null",
    "ban-drop-schema",
    "ban-drop-table",
    "ban-drop-view",
    "changing-column-type",
    "renaming-column",
    "renaming-table",
]
# What `-- blocking: <reason>` takes responsibility for.
BLOCKING_RULES = [
    "adding-field-with-default",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
]
QUERY_START = re.compile(r"^-- name:", re.MULTILINE)


@dataclass
class Findings:
    report: list[str] = field(default_factory=lambda: list[str]())
    faults: list[str] = field(default_factory=lambda: list[str]())


def lint(migrations: list[Migration], directory: Path = DIRECTORY, root: Path = ROOT) -> Findings:
    """Examine `migrations`, read from `directory`, against the queries below `root`."""
    findings = Findings()
    queries = _queries(root)
    for migration in migrations:
        findings.report += [migration.label, *map(_line, describe(migration.up.text))]
        findings.faults += faults_of(migration)
        if migration.up.contract:
            findings.faults += readers_of(migration, queries)
        findings.faults += _squawk(migration, directory, root)
    return findings


def faults_of(migration: Migration) -> list[str]:
    """What our own rules find in the text of one migration."""
    label = migration.label
    faults: list[str] = []
    try:
        refuse_unmarked(migration)
    except MigrationError as error:
        faults.append(str(error))
    if migration.up.transactional and "blocking" not in migration.up.headers:
        faults += [
            f"{label}: `{step.action}` ({step.work}) stops writers under {step.lock}; use "
            "CONCURRENTLY or NOT VALID in a migration with `-- transaction: none`, or say why "
            "the table is small with `-- blocking: <reason>`"
            for step in describe(migration.up.text)
            if step.blocks
        ]
    for name, script in (("up", migration.up), ("down", migration.down)):
        if not script.transactional:
            faults += [f"{label}.{name}: {fault}" for fault in _faults_of_blocks(script)]
    return faults


def readers_of(migration: Migration, queries: dict[str, str]) -> list[str]:
    """Checked-in queries that read what `migration` takes away."""
    faults: list[str] = []
    for step in describe(migration.up.text):
        if not step.destructive or not step.table:
            continue
        # Views named after the table (active_note, note_count) count as the table.
        words = [rf"\b\w*{re.escape(step.table.split('.')[-1])}\w*\b"]
        words += [rf"\b{step.column}\b"] if step.column else []
        faults += [
            f"{migration.label}: `{step.action}`, but {place} still reads it"
            for place, text in queries.items()
            if all(re.search(word, text) for word in words)
        ]
    return faults


def _faults_of_blocks(script: Script) -> list[str]:
    """Each block runs on its own, again after a kill."""
    faults: list[str] = []
    for block in script.blocks:
        statements = skeletons(block)
        if len(statements) != 1:
            faults.append(f"{len(statements)} statements in a block: separate by `-- statement`")
        again = r"if (?:not )?exists|validate constraint|analyze|refresh|reindex|create or replace"
        faults += [
            f"`{statement[:60]}` cannot run a second time: write IF [NOT] EXISTS"
            for statement in statements
            if not re.search(again, statement)
        ]
    return faults


def _queries(root: Path) -> dict[str, str]:
    """Every query below the folders of running code, by file and number."""
    found: dict[str, str] = {}
    for folder in QUERY_FOLDERS:
        for path in sorted((root / folder).rglob("*.sql")):
            for number, text in enumerate(QUERY_START.split(path.read_text())):
                place = f"{path.relative_to(root)} ({text.split(None, 1)[0]})" if number else path
                found[str(place)] = " ".join(skeletons(re.sub(r"\A.*\n", "", text)))
    return found


def _squawk(migration: Migration, directory: Path, root: Path) -> list[str]:
    faults: list[str] = []
    for part, script in (("up", migration.up), ("down", migration.down)):
        path = directory / f"{migration.label}.{part}.sql"
        command = [*_squawk_command(script, part, root), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.stdout.strip().startswith("["):
            raise MigrationError(f"squawk failed: {done.stderr.strip()}")
        faults += [
            f"{path.name}:{found['line'] + 1}: {found['message']} ({found['rule_name']})"
            for found in json.loads(done.stdout)
        ]
    return faults


def _squawk_command(script: Script, part: str, root: Path) -> list[str]:
    beside_python = Path(sys.executable).parent / "squawk"
    program = str(beside_python) if beside_python.exists() else shutil.which("squawk")
    if program is None:
        raise MigrationError("squawk is not installed: install the development requirements")
    config = root / ".squawk.toml"
    # Rules excluded on the command line replace those of the file.
    excluded = tomllib.loads(config.read_text())["excluded_rules"]
    # Taking back is what a down script is for, and its short locks are tried for like any.
    if script.contract or part == "down":
        excluded = excluded + CONTRACT_RULES
    if "blocking" in script.headers or part == "down":
        excluded = excluded + BLOCKING_RULES
    command = [program, "--reporter", "json", "--config", str(config)]
    command += ["--exclude", ",".join(excluded)]
    return command + ([] if script.transactional else ["--no-assume-in-transaction"])


def _line(step: Step) -> str:
    notes = [step.lock, "new table" if step.on_new_table else step.work]
    notes += ["cannot be taken back"] if not step.reversible else []
    notes += ["destructive"] if step.destructive else []
    return f"  {step.action:<60}  {', '.join(notes)}"
