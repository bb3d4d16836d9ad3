"""The database as a route or a subscriber sees it: statements inside the one open transaction."""

from collections.abc import Callable
from typing import Any

from shared import related
from shared.database import Command, Database, Result
from shared.driver import Error
from shared.errors import Refusal
from shared.lists import Paging, compile_list
from shared.models import ListQuery, M, Page, Query, build
from shared.sql import Statement

Judge = Callable[[list[Result]], None]


class Unforeseen(Exception):  # noqa: N818 (no error: the request begins anew)
    """Admission says something else than was foreseen. `standing` when the request was counted."""

    def __init__(self, standing: dict[str, str] | None = None) -> None:
        self.standing = standing
        super().__init__()


class Session:
    """One unit of work. Every statement sees `%(user_id)s` and `%(if_match)s` without being told.

    `commits_after` is the number of statements a read declares: the last one carries the COMMIT,
    so that a read of one statement needs one round trip for it.
    """

    def __init__(self, database: Database, *, commits_after: int | None = None) -> None:
        self.database = database
        self.parameters: dict[str, Any] = {"user_id": None, "if_match": None}
        self.open = False
        self.stays: list[Command] = []  # of a unit that is refused and rolled back
        self.paging = Paging()
        self._left = commits_after
        self._opening: tuple[list[Command], Judge | None] = ([], None)

    def one(
        self, model: type[M], statement: Statement, query: Query | None = None, **parameters: Any
    ) -> M:
        """The one row as a model, with what the query includes. No row: 412 when the statement
        checks If-Match, else 404."""
        found = self.maybe(model, statement, query, **parameters)
        if found is None:
            raise self._missing(statement)
        return found

    def maybe(
        self, model: type[M], statement: Statement, query: Query | None = None, **parameters: Any
    ) -> M | None:
        """The one row as a model, or None."""
        included = query.included if query else []
        if included:
            text = related.added(statement, model, included, statement.text)
            statement = statement._replace(text=text)
        result = self._run(statement, parameters)
        if not result.rows:
            return None
        document = dict(zip(result.columns, result.rows[0], strict=True))
        related.read(model, included, document)
        return build(model, document)

    def all(self, model: type[M], statement: Statement, **parameters: Any) -> list[M]:
        """All rows as models; for statements that bound their own number of rows."""
        result = self._run(statement, parameters)
        return [build(model, dict(zip(result.columns, row, strict=True))) for row in result.rows]

    def page(
        self, model: type[M], statement: Statement, query: ListQuery, **parameters: Any
    ) -> Page[M]:
        """One page of a list statement, as the caller's version pages."""
        values = {**self.parameters, **parameters}
        tenant = str(self.parameters["user_id"])
        listing = compile_list(statement, model, query, self.paging, tenant, values)
        commands = [(listing.text, listing.parameters)]
        if listing.count_text:
            commands.append((listing.count_text, listing.parameters))
        results = self._flush(*commands)
        total = int(results[1].rows[0][0]) if listing.count_text else None
        return listing.page(results[0].columns, results[0].rows, total)

    def value(self, statement: Statement, **parameters: Any) -> Any:
        """The first column of the first row; None without a row."""
        rows = self._run(statement, parameters).rows
        return rows[0][0] if rows else None

    def rows(self, statement: Statement, **parameters: Any) -> list[dict[str, Any]]:
        """All rows as dictionaries by column name."""
        result = self._run(statement, parameters)
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

    def row(self, statement: Statement, **parameters: Any) -> dict[str, Any] | None:
        """The first row as a dictionary, or None."""
        return next(iter(self.rows(statement, **parameters)), None)

    def run(self, statement: Statement, **parameters: Any) -> int:
        """Run for the effect; how many rows it touched."""
        return self._run(statement, parameters).count

    def _run(self, statement: Statement, parameters: dict[str, Any]) -> Result:
        return self._flush((statement.text, {**self.parameters, **parameters}))[0]

    def _flush(self, *commands: Command) -> list[Result]:
        if not self.open:
            raise RuntimeError("the transaction is closed: declare statements=<n> on the route")
        opening, judge = self._opening
        ending: list[Command] = []
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self.open = False
                ending = [("commit", None)]
        if judge is None:
            results = self.database.flush(*commands, *ending)
        else:
            results = self._begun(opening, judge, [*commands, *ending])
        if ending:
            self.stays.clear()  # it has been committed
        return results

    def _begun(self, opening: list[Command], judge: Judge, commands: list[Command]) -> list[Result]:
        self._opening = ([], None)
        try:
            results = self.database.begin(*opening, *commands)
        except Error:  # whose fault it is, admission has to say first
            raise Unforeseen from None
        judge(results[: len(opening)])
        return results[len(opening) :]

    def begin_with(self, opening: list[Command], judge: Judge) -> None:
        """Let these commands go with the first statement; their results are judged before those of
        the statement are used."""
        self.open, self._opening = True, (opening, judge)

    @property
    def unbegun(self) -> bool:
        """Whether the opening commands still wait for the first statement."""
        return self._opening[1] is not None

    def keep_open(self) -> None:
        """Let `close` commit and no statement before it: a read has something to write."""
        self._left = None

    def close(self, *commands: Command) -> None:
        """Send the last commands and COMMIT. A swallowed database error is an error here."""
        if self.unbegun:
            self._flush()
        if self.database.broken_transaction:
            raise RuntimeError("a database error was swallowed: everything would be rolled back")
        if commands and not self.open:
            raise RuntimeError("the transaction is closed: what is to be written would be lost")
        if self.open:
            self.open = False
            # A COMMIT that nobody is there to receive is not ambiguous: the unit may be repeated.
            self.database.committing = not self.database.hung_up
            self.database.flush(*commands, ("commit", None))
            self.stays.clear()

    def leave(self) -> None:
        """After a refusal: write what stays of it. Never connects, and never hides the refusal."""
        if not self.stays:
            return
        try:
            self.database.flush(("begin", None), *self.stays, ("commit", None))
        except Error:
            self.database.rollback()

    def _missing(self, statement: Statement) -> Refusal:
        checked = self.parameters["if_match"] is not None and "%(if_match)s" in statement.text
        return Refusal("PRECONDITION_FAILED" if checked else "NOT_FOUND")
