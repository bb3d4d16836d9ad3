"""Lists: one compiler from a list statement and a list query to SQL.

Forward paging by keyset, `(sort key, id)` after the last row seen, so that paging neither skips nor
repeats while rows are inserted; v1's offset paging with an exact total. Only what the statement
declares can be sorted or filtered by.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from shared import cursors, related
from shared.errors import invalid
from shared.models import ListQuery, Model, Page
from shared.sql import Statement


class Paging(NamedTuple):
    """How the caller's version pages: by cursor (v2), or by offset with a total (v1)."""

    offset: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class Listing:
    """A list request, compiled: the SQL to run, and how to turn its rows into a page."""

    text: str
    parameters: dict[str, Any]
    count_text: str | None
    model: type[Model]
    query: ListQuery
    scope: str
    paging: Paging

    def page(self, columns: list[str], rows: list[tuple[Any, ...]], total: int | None) -> Page[Any]:
        """The page of these rows. Their last column is the sort key, for the cursor only."""
        has_next = len(rows) > self.query.limit
        rows = rows[: self.query.limit]
        names = columns[:-1]
        documents = [dict(zip(names, row, strict=False)) for row in rows]
        if self.query.included:
            for document in documents:
                related.read(self.model, self.query.included, document)
        end = None
        if rows:
            end = cursors.sign(self.scope, [rows[-1][-1], documents[-1]["id"]])
        offset = self.paging.offset or 0
        if total is not None:
            has_next = offset + len(rows) < total
        return Page(
            self.model,
            documents,
            has_next=has_next,
            end_cursor=end,
            limit=self.query.limit,
            offset=offset,
            total=total,
        )


def compile_list(
    statement: Statement,
    model: type[Model],
    query: ListQuery,
    paging: Paging,
    tenant: str,
    parameters: dict[str, Any],
) -> Listing:
    """Compose the statement's fragments. Errors: VALIDATION_ERROR, INVALID_CURSOR."""
    key, descending = _order(statement, query.sort)
    used = {name: value for name, value in query if name in statement.filters and value is not None}
    filters = "".join(f"\n   and {statement.filters[name]}" for name in used)
    base = statement.text + filters
    scope = "|".join((tenant, statement.name, str(descending), key, repr(sorted(used.items()))))
    parameters = {**parameters, **used, "limit_": query.limit + 1}
    expression, direction = statement.sorts[key], "desc" if descending else "asc"
    position = ""
    if query.cursor is not None:
        after = cursors.read(scope, query.cursor)
        parameters["after_key_"], parameters["after_id_"] = after
        comparison = "<" if descending else ">"
        position = f"\n   and ({expression}, id) {comparison} (%(after_key_)s, %(after_id_)s)"
    text = _with_sort_key(base, expression) + position
    text += f"\n order by {expression} {direction}, id {direction}\n limit %(limit_)s"
    count_text = None
    if paging.offset is not None:
        parameters["offset_"] = paging.offset
        text += " offset %(offset_)s"
        count_text = f"select count(*) from ({base}) as matching"  # noqa: S608 (our own text)
    if query.included:
        text = related.added(statement, model, query.included, text)
        text += f"\n order by page.sort_key_ {direction}, page.id {direction}"
    return Listing(text, parameters, count_text, model, query, scope, paging)


def _with_sort_key(base: str, expression: str) -> str:
    """Select the sort key as last column. `from` at the start of a line ends the select list."""
    head, separator, tail = base.partition("\n  from ")
    if not separator:
        raise ValueError(
            "a list statement has its outer `from` on a line of its own, indented by 2"
        )
    return f"{head}, {expression} as sort_key_{separator}{tail}"


def _order(statement: Statement, sort: str | None) -> tuple[str, bool]:
    wanted = sort if sort is not None else statement.default_sort
    descending, wanted = wanted.startswith("-"), wanted.lstrip("-")
    key = _snake(wanted)
    if key not in statement.sorts or (sort or "").count("-") > 1:
        raise invalid(
            "sort", f"must be one of {', '.join(sorted(statement.sorts))}, or with - before"
        )
    return key, descending


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
