"""Where the local stack keeps its data and where it listens, from the environment."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    """PORT (8080), CAMPUS_DATA (.campus) and DATABASE_URL (an embedded PostgreSQL)."""

    port: int
    data: Path

    @classmethod
    def from_environment(cls) -> "Options":
        """What the developer chose, or the defaults."""
        data = Path(os.environ.get("CAMPUS_DATA") or ROOT / ".campus")
        return cls(port=int(os.environ.get("PORT") or 8080), data=data.absolute())

    @property
    def secrets_file(self) -> Path:
        """Random secrets of this data directory."""
        return self.data / "secrets.json"

    @property
    def description_file(self) -> Path:
        """What the running stack made: see `describe`."""
        return self.data / "stack.json"

    def describe(self, description: dict[str, Any]) -> None:
        """Leave a description of the running stack for the processes that belong to it."""
        replace_file(self.description_file, json.dumps(description, indent=2))

    def description(self) -> dict[str, Any]:
        """What `describe` left: values of the template's resources, endpoint, database, port."""
        return json.loads(self.description_file.read_text())

    def claim(self) -> int | None:
        """Take these data for this process; None when a running stack has them.

        The lock is held by an open file and ends with the process, however it ends.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.data / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock


def replace_file(file: Path, text: str) -> None:
    """Write a file that only its owner reads, at once: a kill leaves the old one or the new one."""
    scratch = file.with_suffix(".new")
    scratch.touch(mode=0o600)
    scratch.write_text(text)
    os.replace(scratch, file)
