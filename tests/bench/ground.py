"""What the measures stand on: one PostgreSQL, a small and a large database, users with tokens."""

import base64
import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.local.postgres import start
from tests.environment import KEY_ID, PASSWORDS, function_environment
from tests.postgres import create_database, create_template, with_database

USERS = 200
"""Users that send requests in turn, so that none reaches a rate limit."""
PAGES = 1000
PAGE = 20
PYTHON = str(Path(".bench/bin/python").absolute())
"""The environment of the measured processes, all stacks alike."""
_ROWS = Path(__file__).parent / "rows.sql"


@dataclass(frozen=True)
class Database:
    """A database with a number of assignments, and the file that names users of it."""

    url: str
    rows: int
    users: Path

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    @contextlib.contextmanager
    def chosen(self) -> Iterator[None]:
        """For code of this process that finds its database in the environment."""
        before = os.environ.get("DATABASE_URL")
        os.environ["DATABASE_URL"] = self.url
        yield
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before


@dataclass
class Ground:
    """A running server, and databases made on it."""

    directory: Path
    url: str
    template: str
    environment: dict[str, str]

    def database(self, rows: int, deep: int = 0) -> Database:
        """A database with `rows` assignments of as many users as give each 1,000; `deep` of the
        rows belong to the first of them."""
        url = with_database(self.url, f"{self.template}_{rows}")
        sys.stderr.write(f"  making a table of {rows:,} rows\n")
        create_database(self.url, f"{self.template}_{rows}", self.template)
        users = self.directory / f"users-{rows}.json"
        with psycopg.connect(url, autocommit=True) as connection:
            _load(connection, rows, deep)
            users.write_text(json.dumps(self._users(connection)))
        return Database(url, rows, users)

    def _users(self, connection: psycopg.Connection[Any]) -> list[dict[str, str]]:
        pem = Path(self.environment["CAMPUS_TEST_TOKEN_KEY"]).read_bytes()
        key: Any = load_pem_private_key(pem, None)
        found = connection.execute(
            "select subject from identity order by subject limit %s", (USERS,)
        ).fetchall()
        return [
            {"subject": row[0], "token": _token(key, row[0]), "address": f"10.1.{n}.1"}
            for n, row in enumerate(found)
        ]


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Start and migrate a server that forgets everything at the end; the environment is set."""
    directory = Path(tempfile.mkdtemp(prefix="campus-bench-"))
    directory.chmod(0o711)  # the server runs as another user when we are root
    server = start(directory / "postgres", durable=False)
    try:
        environment = function_environment(directory) | _published_keys(directory)
        os.environ.update(environment)
        template = create_template(server.url, PASSWORDS)
        yield Ground(directory, server.url, template, environment)
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def _published_keys(directory: Path) -> dict[str, str]:
    """The pool's keys over HTTP, as functions get them, for as long as this process lives."""
    handler = partial(_Quiet, directory=str(directory))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"USER_POOL_JWKS_URL": f"http://127.0.0.1:{server.server_port}/jwks.json"}


def _token(key: Any, subject: str) -> str:
    claims = {
        "sub": subject,
        "iss": os.environ["USER_POOL_ISSUER"],
        "token_use": "access",
        "client_id": os.environ["USER_POOL_CLIENT_ID"],
        "auth_time": int(time.time()),
        "iat": int(time.time()),
        "exp": int(time.time()) + 86_400,
    }
    message = f"{_segment({'alg': 'RS256', 'kid': KEY_ID})}.{_segment(claims)}"
    signature = key.sign(message.encode(), PKCS1v15(), SHA256())
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _segment(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _load(connection: psycopg.Connection[Any], rows: int, deep: int) -> None:
    """Insert without indexes, then make them: a fifth of the time."""
    indexes = connection.execute(
        """select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index as i
            where indrelid = 'assignment'::regclass
              and not exists (select from pg_constraint where conindid = i.indexrelid)"""
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"drop index {name}")
    for statement in _ROWS.read_text().split(";\n"):
        connection.execute(
            statement,
            {
                "issuer": os.environ["USER_POOL_ISSUER"],
                "users": max(USERS, rows // 1000),
                "rows": rows - deep,
                "deep": deep,
            },
        )
    connection.execute("set maintenance_work_mem = '512MB'")  # sorted in memory, not in files
    for _, definition in indexes:
        connection.execute(definition)
    # An empty table that has been analyzed is read from end to end by every plan made now, long
    # after it has been filled.
    connection.execute("vacuum analyze app_user, identity, assignment")
