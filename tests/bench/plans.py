"""Lists of one user in a large table: what the indexes are worth, and what depth costs."""

import statistics
import time
from typing import Any

from functions.tasks.assignments import sql
from functions.tasks.models import Assignment, AssignmentQuery
from shared.database import Database as Held
from shared.lists import Listing, Paging, compile_list
from tests.bench.ground import PAGE, PAGES, Database

_INDEXES = """select indexrelid::regclass::text from pg_index as i
               where indrelid = 'assignment'::regclass
                 and not exists (select from pg_constraint where conindid = i.indexrelid)"""


class Lists:
    """The list of the first user, who has more than 1,000 pages."""

    def __init__(self, large: Database) -> None:
        self.admin = large.connect()
        self.user = self._value("select user_id from identity order by subject limit 1")
        first = self._listing(None)
        self.pages = {1: first, PAGES: self._listing(self._cursor_before(first))}
        self.held = Held("app")
        with large.chosen():
            self.held.connect()

    def close(self) -> None:
        self.held.drop()
        self.admin.close()

    def buffers(self, page: int) -> int:
        """Pages of shared memory that the statement touches."""
        return self._touched(self.pages[page])

    def buffers_with_foreign_keys_only(self) -> int:
        """The same for the first page, with none but the indexes of keys, and one on the owner."""
        self.admin.execute("begin")
        for (name,) in self.admin.execute(_INDEXES).fetchall():
            self.admin.execute(f"drop index {name}")
        self.admin.execute("create index on assignment (user_id)")
        touched = self._touched(self.pages[1])
        self.admin.execute("rollback")
        return touched

    def seconds(self, repeats: int) -> dict[int, float]:
        """The median time of page 1 and of page 1,000, asked for in turn."""
        found: dict[int, list[float]] = {page: [] for page in self.pages}
        self.held.begin(("begin", None), self._tenant())
        for _ in range(repeats):
            for page, listing in self.pages.items():
                began = time.perf_counter()
                rows = self.held.flush((listing.text, listing.parameters))[0].rows
                found[page].append(time.perf_counter() - began)
                assert len(rows) == PAGE + 1
        self.held.rollback()
        return {page: statistics.median(taken) for page, taken in found.items()}

    def _listing(self, cursor: str | None) -> Listing:
        query = AssignmentQuery(limit=PAGE, cursor=cursor)
        parameters = {"user_id": self.user, "if_match": None, "limit": 70}
        return compile_list(
            sql.list_assignments, Assignment, query, Paging(), str(self.user), parameters
        )

    def _cursor_before(self, first: Listing) -> str | None:
        """The cursor that page 999 ends with, as a client would have got it."""
        at = f" offset {(PAGES - 1) * PAGE - 1}"
        last = self.admin.execute(first.text + at, {**first.parameters, "limit_": 1})
        names = [column.name for column in last.description or ()]
        return first.page(names, last.fetchall(), None).end_cursor

    def _touched(self, listing: Listing) -> int:
        """Run as the application runs it, row security included."""
        text = f"explain (analyze, buffers, format json) {listing.text}"
        self.admin.execute("set role campus_app")
        self.admin.execute(*self._tenant())
        plan = self._value(text, listing.parameters)[0]["Plan"]
        self.admin.execute("reset role")
        return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]

    def _tenant(self) -> tuple[str, dict[str, Any]]:
        return "select set_config('app.user_id', %(user)s, false)", {"user": str(self.user)}

    def _value(self, text: str, parameters: dict[str, Any] | None = None) -> Any:
        row = self.admin.execute(text, parameters).fetchone()
        return row[0] if row else None
