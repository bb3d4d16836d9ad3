"""A PostgreSQL of its own, which may be stopped and crashed, and accounts on it."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

from infra import migrate
from infra.local import postgres
from infra.local.ports import free_port
from tests.campus import User, token
from tests.chaos.figures import patiently
from tests.environment import PASSWORDS, function_environment

_PEOPLE = """
select p.user_id, g.subject
  from unnest(%s::text[]) as g(subject)
 cross join lateral provision_user(uuid7(), %s, g.subject, g.subject || '@example.com',
                                   'Ada', 'Lovelace') as p
"""


@dataclass
class Person:
    """An account, and the address it calls from: addresses are limited, too."""

    id: Any
    subject: str
    address: str

    @cached_property
    def user(self) -> User:
        """With a token for as long as any trial takes: signing is slow."""
        signed = token(self.subject, exp=int(time.time()) + 86_400)
        return User(self.id, f"{self.subject}@example.com", self.subject, signed)


class Ground:
    """The server, always on the same port, so that functions find it again without a restart."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.restarts = 0
        self._made = 0
        self._admin: psycopg.Connection[Any] | None = None
        self._port = free_port()
        os.environ.pop("DATABASE_URL", None)  # what is crashed here is never somebody else's
        self.start()
        migrate.up(self.url, passwords=PASSWORDS)
        # Processes crash here, the machine does not: what was committed has to have been written,
        # but need not have reached the disk.
        self.rows("alter database campus set synchronous_commit = on")
        os.environ.update(function_environment(directory))
        os.environ["DATABASE_URL"] = self.url

    def start(self) -> None:
        with (
            patch.dict(os.environ),
            patch.object(postgres, "free_port", return_value=self._port),
        ):
            os.environ.pop("DATABASE_URL", None)
            self._server = postgres.start(self.directory / "postgres", durable=False)
        self.url = self._server.url

    def stop(self) -> None:
        """The orderly shutdown of a maintenance window: sessions are ended."""
        self._server.stop()

    def crash(self) -> None:
        """What `pg_ctl restart -m immediate` does: no session ends in order, WAL is replayed."""
        pid = (self.directory / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGQUIT)
        self._server.stop()  # waits for its end
        self.start()
        self.restarts += 1

    def rows(self, text: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the database holds, seen by its admin, on a connection that outlives no restart.
        Who is forked inherits it and never touches it."""
        for _ in patiently(30):
            try:
                if self._admin is None:
                    self._admin = psycopg.connect(self.url, autocommit=True)
                cursor = self._admin.execute(text, parameters or None)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                self._admin = None
                time.sleep(0.1)
        raise AssertionError("unreachable: patience ends by an exception")

    def people(self, number: int) -> list[Person]:
        """Fresh tenants on the premium plan."""
        found: list[Person] = []
        while len(found) < number:
            first, self._made = self._made, self._made + min(number - len(found), 500)
            subjects = [f"person-{n}" for n in range(first, self._made)]
            rows = self.rows(_PEOPLE, subjects, os.environ["USER_POOL_ISSUER"])
            found += [Person(*row, _address(row[1])) for row in rows]
        self.rows("update app_user set subscription_tier = 'premium'")
        return found


def _address(subject: str) -> str:
    number = int(subject.rpartition("-")[2])
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


@contextmanager
def ground() -> Iterator[Ground]:
    """A ground that leaves nothing behind."""
    directory = Path(tempfile.mkdtemp(prefix="campus-chaos-"))
    directory.chmod(0o711)  # the server runs as another user when we are root
    found = None
    try:
        found = Ground(directory)
        yield found
    finally:
        if found:
            found.stop()
        shutil.rmtree(directory, ignore_errors=True)
