"""PostgreSQL through psycopg 3: one connection an execution environment and role, autocommit on,
every unit of work opened and committed by this layer alone.

A unit of work is a few *flushes*: a flush sends several commands as one pipeline and costs one
round trip. `BEGIN` and `COMMIT` travel in the same flush as their neighbours:

    write   [BEGIN; count; COMMIT; BEGIN; admit; key]  [statement]  [events; answer; COMMIT]
    read    [BEGIN; count; admit]                        [statement; COMMIT]

The first two are one for a caller who was admitted here before (`gate.foresee`).

Errors of the server become `Refusal`s by their SQLSTATE; those worth repeating are repeated whole,
with jitter, while the function has time (see docs/decisions/0003-postgresql-access.md).
"""

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from shared.driver import (
    DataError,
    Error,
    InterfaceError,
    OperationalError,
    TransactionStatus,
    connect,
    make_conninfo,
)
from shared.errors import Refusal
from shared.settings import secret, setting
from shared.wire import Command, Result, Row, Wire

__all__ = ["Command", "Database", "Result", "Row", "database", "run_unit"]

R = TypeVar("R")

_CONNECT = {
    "connect_timeout": "3",
    "tcp_user_timeout": "3000",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "application_name": "campus",
}
_REPEAT = {"40001", "40P01", "55P03"}
_RECONNECT = ("57P0", "08", "25P03", "53300", "26000", "0A000")
"""Also a prepared statement that is gone, or whose result a migration has changed."""
_ATTEMPTS = 5
_environment = threading.local()


class Database:
    """The connection of one role in this execution environment, and its round trips."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.round_trips = 0
        self.seconds = 0.0
        self.committing = False
        self._wire: Wire | None = None

    def begin(
        self, *commands: Command, meanwhile: Callable[[], None] | None = None
    ) -> list[Result]:
        """The first flush of a unit of work: connects when needed."""
        self.committing = False
        self.connect()
        return self.flush(*commands, meanwhile=meanwhile)

    def flush(
        self, *commands: Command, meanwhile: Callable[[], None] | None = None
    ) -> list[Result]:
        """Send commands in one round trip and return their results in order; `meanwhile` runs while
        the server works.

        Never connects: a new connection in the middle of a unit would run outside its transaction.
        """
        wire = self._wire
        if wire is None:
            raise OperationalError("the connection was lost")
        self.round_trips += 1
        started = time.perf_counter()
        try:
            return wire.run(commands, meanwhile)
        finally:
            self.seconds += time.perf_counter() - started

    @property
    def broken_transaction(self) -> bool:
        """Whether an error was swallowed inside the running transaction."""
        return self._wire is not None and self._wire.transaction == TransactionStatus.INERROR

    @property
    def hung_up(self) -> bool:
        """Whether the server has ended the session, so that nothing sent now can be done."""
        return self._wire is None or self._wire.hung_up

    @property
    def backend_pid(self) -> int | None:
        """The process that serves this connection, for who wants to end it."""
        return self._wire.backend_pid if self._wire else None

    def rollback(self) -> None:
        """Leave any transaction; a connection that cannot even do that is dropped."""
        if self._wire and not self._wire.rollback():
            self.drop()

    def drop(self) -> None:
        """Close the connection; the next flush opens another."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def connect(self) -> None:
        """Open the connection now (in INIT, where Lambda gives a full CPU)."""
        if not self.hung_up:
            return
        self.drop()
        try:
            self._wire = self._open()
        except OperationalError as error:
            if "password" not in str(error):
                raise
            self._wire = self._open(fresh_secret=True)

    def _open(self, fresh_secret: bool = False) -> Wire:
        conninfo = make_conninfo(
            setting("DATABASE_URL"),
            user=f"campus_{self.role}",
            password=secret(f"database-password-{self.role}", fresh=fresh_secret),
            **_CONNECT,
        )
        return Wire(connect(conninfo))


def database(role: str) -> Database:
    """This execution environment's database for a role: `app`, `system` or `support`."""
    held: dict[str, Database] | None = getattr(_environment, "databases", None)
    if held is None:
        held = _environment.databases = {}
    if role not in held:
        held[role] = Database(role)
    return held[role]


def run_unit(
    held: Database,
    work: Callable[[int], R],
    *,
    seconds_left: Callable[[], float],
    repeat_commit: bool,
) -> R:
    """Run a unit of work, repeating it whole when the server's error says that this can help.

    `work` gets the attempt's number. `repeat_commit` says that an ambiguous COMMIT may be repeated,
    because an idempotency or inbox row is in the transaction (or nothing is written).
    """
    for attempt in range(_ATTEMPTS):
        try:
            return work(attempt)
        except Error as error:
            held.rollback()
            pause = random.uniform(0.01, 0.05) * 2**attempt  # noqa: S311 (jitter, not a secret)
            hopeless = attempt + 1 == _ATTEMPTS or seconds_left() < pause + 1
            if is_lost(error):
                held.drop()
                if hopeless or (held.committing and not repeat_commit):
                    raise unavailable() from error
            elif error.sqlstate not in _REPEAT or hopeless:
                raise refusal_of(error) from error
            time.sleep(pause)
        except BaseException:
            held.rollback()
            raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def is_lost(error: Error) -> bool:
    """Whether the connection is gone or was refused, so that only a new one can help."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state.startswith(_RECONNECT)


def unavailable() -> Refusal:
    """503 for a database that does not answer."""
    return Refusal("DATABASE_UNAVAILABLE", headers={"Retry-After": "2"})


def refusal_of(error: Error) -> Exception:
    """The client's error for a server's error; the error itself when it is a bug of ours.

    Nothing of the server's message goes out: its DETAIL holds row content, and names of constraints
    tell what the tables are like.
    """
    state = error.sqlstate or ""
    if state in ("23505", "23P01"):
        return Refusal("ALREADY_EXISTS")
    if state == "23503":
        return Refusal("CONFLICT", "A record that this one refers to does not exist.")
    if state in ("23502", "23514") or state.startswith("22") or isinstance(error, DataError):
        return Refusal("VALIDATION_ERROR")
    if state == "42501":
        return Refusal("NOT_FOUND")
    if state in ("54000", "54001"):
        return Refusal("PAYLOAD_TOO_LARGE")
    if state == "57014":  # the role's statement timeout
        return Refusal("TIMEOUT")
    if state in _REPEAT:
        return Refusal("SERVICE_UNAVAILABLE", headers={"Retry-After": "1"})
    return error
