"""Search in the caller's own items of all kinds."""

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

from functions.tasks.fields import Kind
from functions.tasks.models import ItemCourse, Search
from shared.models import (
    INCLUDED,
    AnyOf,
    Id,
    Include,
    ListQuery,
    Model,
    Page,
    QueryBoolean,
    build,
)
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/tasks/search", tag="tasks")
sql = queries(__file__)

# What no text has: the statement takes these characters out of it before it marks words by them.
_MARKED = re.compile("\ue000([^\ue000\ue001]*)\ue001")


class SnippetPart(Model):
    """A piece of text; `match` says that it is a word which was searched for."""

    text: str
    match: bool


class SearchHit(Model):
    """An item with words that were searched for. The greater its `relevance`, the better it fits
    compared to others of the same search. `snippet` is text, not HTML."""

    id: UUID
    kind: Kind
    course_id: UUID | None
    title: str
    occurs_at: datetime
    done: bool
    relevance: int
    snippet: list[SnippetPart]
    course: ItemCourse | None = INCLUDED


class SearchQuery(ListQuery):
    """What to search for: words, "phrases in quotes", -excluded ones, `or` between alternatives.
    Case and accents do not matter, and the last word may be the beginning of one."""

    q: Search
    kind: AnyOf[Kind] | None = None
    course_id: AnyOf[Id] | None = None
    done: QueryBoolean | None = None
    include: Include[Literal["course"]] | None = None


@routes.get("")
def search_items(request: Request, query: SearchQuery) -> Page[SearchHit]:
    """Search the titles and descriptions of assignments and lectures, and the topics and notes of
    study sessions. What fits best comes first, unless sorted otherwise: with the words in its
    title, if that has them."""
    page = request.db.page(SearchHit, sql.search_items, query, q=query.q)
    for document in page.documents:
        document["snippet"] = _parts(document["snippet"])
    return page


def _parts(headline: str) -> list[SnippetPart]:
    """The pieces between the marks and in them, by turns."""
    pieces = enumerate(_MARKED.split(headline))
    return [
        build(SnippetPart, {"text": text, "match": number % 2 == 1})
        for number, text in pieces
        if text
    ]
