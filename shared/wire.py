"""One pipeline over libpq: commands go out together, their results come back in order.

psycopg's cursors do the same at several times the cost: a cursor, adapters and generators for each
command. Here a statement is prepared once a connection, by the protocol alone. PREPARE and
DEALLOCATE as SQL, which psycopg sends after a rollback, would make RDS Proxy pin the session
(psycopg issue 1105).
"""

import re
import select
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shared.driver import (
    ConnStatus,
    DiagnosticField,
    Error,
    ExecStatus,
    OperationalError,
    PGconn,
    PGresult,
    PipelineStatus,
    PyFormat,
    TransactionStatus,
    adaptation,
    error_from_result,
)

Command = tuple[str, Mapping[str, Any] | None]
Row = tuple[Any, ...]

_NAMED = re.compile(r"%\((\w+)\)s|%%")
_MOST_PREPARED = 200
"""Statements that a connection keeps. Lists are composed of what is asked for: there are many."""


class Result:
    """Rows of one command with their column names."""

    __slots__ = ("columns", "count", "rows")

    def __init__(self, columns: list[str], rows: list[Row], count: int) -> None:
        self.columns = columns
        self.rows = rows
        self.count = count


@dataclass(slots=True, eq=False, repr=False)
class _Statement:
    """A statement for parameters of certain types. The server knows it by `name`, if it has one."""

    query: bytes
    types: tuple[int, ...]
    name: bytes = b""
    is_known: bool = False
    columns: list[str] | None = None


class Wire:
    """The way to the server of one connection, which nobody else uses meanwhile."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._transformer = adaptation()
        self._statements: dict[tuple[bytes, tuple[int, ...]], _Statement] = {}
        self._poller = select.poll()
        self._poller.register(pgconn.socket, select.POLLIN)

    @property
    def transaction(self) -> TransactionStatus:
        """Where the session is between BEGIN and its end."""
        return TransactionStatus(self._pgconn.transaction_status)

    @property
    def hung_up(self) -> bool:
        """Whether the session is over. Readable while idle means that the server hung up during a
        freeze: 2 µs instead of a SELECT 1."""
        return self._pgconn.status != ConnStatus.OK or bool(self._poller.poll(0))

    @property
    def backend_pid(self) -> int:
        """The server's process."""
        return self._pgconn.backend_pid

    def rollback(self) -> bool:
        """Leave any transaction. False when that cannot be done on this connection."""
        if self._pgconn.pipeline_status != PipelineStatus.OFF:
            return False  # an answer is still on its way
        if self.transaction == TransactionStatus.IDLE:
            return True
        return self._pgconn.exec_(b"rollback").status == ExecStatus.COMMAND_OK

    def close(self) -> None:
        """End the session; nothing can be done with it any more."""
        self._pgconn.finish()

    def run(
        self, commands: Sequence[Command], meanwhile: Callable[[], None] | None = None
    ) -> list[Result]:
        """The results of all commands in one round trip, or the error of the first that failed.

        What cannot be a parameter is refused before anything is sent. `meanwhile` runs while the
        server works; when it raises, this connection cannot be used any more.
        """
        bound = [self._bind(text, parameters) for text, parameters in commands]
        self._pgconn.enter_pipeline_mode()
        prepared = [self._send(*one) for one in bound]
        self._pgconn.pipeline_sync()
        if meanwhile:
            self._flush()
            meanwhile()
        results, failure = self._receive([one[0] for one in bound], prepared)
        self._pgconn.exit_pipeline_mode()
        if failure:
            raise failure
        return results

    def _bind(
        self, text: str, parameters: Mapping[str, Any] | None
    ) -> tuple[_Statement, Sequence[Any], Any]:
        query, names = _compiled(text) if parameters is not None else (text.encode(), ())
        values = [parameters[name] for name in names] if parameters else []
        transformer = self._transformer
        given = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types = tuple(transformer.types or ())
        statement = self._statements.get((query, types))
        if statement is None:
            statement = _Statement(query, types)
            if len(self._statements) < _MOST_PREPARED:
                statement.name = f"campus{len(self._statements)}".encode()
                self._statements[query, types] = statement
        return statement, given, transformer.formats

    def _send(self, statement: _Statement, given: Sequence[Any], formats: Any) -> bool:
        """Whether the statement is prepared first, which has an answer of its own."""
        if not statement.name:
            self._pgconn.send_query_params(statement.query, given, statement.types, formats)
            return False
        prepares = not statement.is_known
        if prepares:
            statement.is_known = True  # for the next one in this pipeline
            self._pgconn.send_prepare(statement.name, statement.query, statement.types)
        self._pgconn.send_query_prepared(statement.name, given, formats)
        return prepares

    def _receive(
        self, statements: Sequence[_Statement], prepared: Sequence[bool]
    ) -> tuple[list[Result], Error | None]:
        results: list[Result] = []
        failure: Error | None = None
        try:
            self._flush()
            for statement, prepares in zip(statements, prepared, strict=True):
                if prepares:
                    answer = self._answer()
                    statement.is_known = answer.status == ExecStatus.COMMAND_OK
                    failure = failure or _failure(answer)
                answer = self._answer()
                failure = failure or _failure(answer)
                if failure is None:
                    results.append(self._result(answer, statement))
            self._next()  # the answer to the sync
        except OperationalError as lost:
            raise failure or lost from None
        return results, failure

    def _flush(self) -> None:
        """Send all; what the server has to say meanwhile is taken, or both would wait."""
        pgconn = self._pgconn
        while pgconn.flush():
            self._poller.modify(pgconn.socket, select.POLLIN | select.POLLOUT)
            self._poller.poll()
            pgconn.consume_input()
            self._poller.modify(pgconn.socket, select.POLLIN)

    def _answer(self) -> PGresult:
        """The one result of the next command, and the mark behind it."""
        answer = self._next()
        if answer is None:
            raise OperationalError(self._pgconn.get_error_message())
        self._next()
        return answer

    def _next(self) -> PGresult | None:
        pgconn = self._pgconn
        while pgconn.is_busy():
            self._poller.poll()
            pgconn.consume_input()
        return pgconn.get_result()

    def _result(self, answer: PGresult, statement: _Statement) -> Result:
        if answer.status != ExecStatus.TUPLES_OK:
            return Result([], [], answer.command_tuples or 0)
        if statement.columns is None:
            names = [answer.fname(number) or b"" for number in range(answer.nfields)]
            statement.columns = [name.decode() for name in names]
        self._transformer.set_pgresult(answer)
        rows = self._transformer.load_rows(0, answer.ntuples, tuple)
        return Result(statement.columns, rows, answer.ntuples)


def _failure(answer: PGresult) -> Error | None:
    if answer.status != ExecStatus.FATAL_ERROR:
        return None
    if answer.error_field(DiagnosticField.SQLSTATE):
        return error_from_result(answer)
    return OperationalError(answer.error_message.decode(errors="replace"))


@lru_cache(1000)
def _compiled(text: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with numbers for names, as the protocol has it, and the names in their order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return f"${names.setdefault(name, len(names) + 1)}" if name else "%"

    query = _NAMED.sub(number, text).encode()
    return query, tuple(names)
