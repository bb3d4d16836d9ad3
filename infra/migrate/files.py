"""Migrations as files: `<version>_<name>.up.sql`, `.down.sql` and `.validate.sql`."""

import hashlib
import itertools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

DIRECTORY = Path(__file__).parent.parent / "migrations"
FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>[a-z0-9_]+)\.(?P<part>up|down|validate)\.sql")
HEADER = re.compile(r"--\s*(transaction|phase|blocking):\s*(.+)")
BLOCK = re.compile(r"^-- statement\b.*$", re.MULTILINE)
PARTS = ("up", "down", "validate")
TEMPLATE = {
    "up": "-- Why this change is needed.\n\n",
    "down": "",
    "validate": "-- Each row is a fault; none means the migration holds.\n",
}


class MigrationError(Exception):
    """A migration was refused or failed; nothing of it remains unless the message says so."""


@dataclass(frozen=True)
class Script:
    """One direction of a migration.

    Headers in its leading comment: `-- transaction: none` runs each block (blocks are separated
    by `-- statement` lines) on its own, for CONCURRENTLY; `-- phase: contract` admits steps that
    take something away; `-- blocking: <reason>` admits a long lock, for tables known to be small.
    """

    text: str

    @cached_property
    def headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self.text.splitlines():
            if line.strip() and not line.startswith("--"):
                break
            if match := HEADER.match(line):
                found[match[1]] = match[2].strip()
        return found

    @property
    def transactional(self) -> bool:
        return self.headers.get("transaction") != "none"

    @property
    def contract(self) -> bool:
        return self.headers.get("phase") == "contract"

    @property
    def blocks(self) -> list[str]:
        return [block for block in BLOCK.split(self.text) if has_statement(block)]


@dataclass(frozen=True)
class Migration:
    version: str
    name: str
    up: Script
    down: Script
    validate: str

    @property
    def label(self) -> str:
        return f"{self.version}_{self.name}"

    @cached_property
    def checksum(self) -> str:
        """Of all three files: what was applied, checked and can be taken back."""
        whole = "\0".join([self.up.text, self.down.text, self.validate])
        return hashlib.sha256(whole.encode()).hexdigest()


def has_statement(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("--") for line in lines)


def load(directory: Path = DIRECTORY) -> list[Migration]:
    """All migrations, oldest first; a file that is missing or misnamed is an error."""
    parts: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(directory.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if not match:
            raise MigrationError(f"{path.name}: expected <YYYYMMDDHHMMSS>_<name>.up.sql")
        key = (match["version"], match["name"])
        parts.setdefault(key, {})[match["part"]] = path.read_text()
    migrations = [_assemble(version, name, texts) for (version, name), texts in parts.items()]
    for earlier, later in itertools.pairwise(migrations):
        if earlier.version == later.version:
            raise MigrationError(f"{earlier.label} and {later.label} have the same version")
    return migrations


def _assemble(version: str, name: str, texts: dict[str, str]) -> Migration:
    for part in PARTS:
        if part not in texts or not has_statement(texts[part]):
            raise MigrationError(f"{version}_{name}.{part}.sql is missing or has no statement")
    up, down, validate = (texts[part] for part in PARTS)
    return Migration(version, name, Script(up), Script(down), validate)


def create(name: str, directory: Path = DIRECTORY) -> list[Path]:
    """Write the three files of a new migration and return their paths."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise MigrationError("a name consists of lower-case letters, digits and underscores")
    version = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    paths = [directory / f"{version}_{name}.{part}.sql" for part in PARTS]
    for path, part in zip(paths, PARTS, strict=True):
        path.write_text(TEMPLATE[part])
    return paths
