"""What a programmer's mistake, or a server's, is met with."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pydantic import ValidationError

from events.users import UserCreated
from shared import batch, lists, outbox
from shared import database as databases
from shared.database import Database, run_unit
from shared.errors import Refusal
from shared.facts import Event
from shared.ids import uuid7
from shared.models import Day, Id, Query, QueryInteger, Timestamp
from shared.request import Request
from shared.routing import Routes
from shared.session import Session
from shared.settings import setting
from shared.sql import queries
from shared.table import Table
from shared.wire import Wire
from tests.campus import Campus
from tests.gateway import context
from tests.people import User


class Sample(Query):
    """A field of each kind that checks more than its type."""

    at: Timestamp | None = None
    day: Day | None = None
    id: Id | None = None
    number: QueryInteger | None = None


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("at", "2027-01-15", "RFC 3339"),
        ("at", "20270115T100000+0000", "RFC 3339"),
        ("day", "1899-12-31", "1900"),
        ("id", "urn:uuid:01936f5e-7c00-7000-8000-000000000001", "36 characters"),
        ("number", "1_0", "must be an integer"),
    ],
)
def test_a_text_of_another_form_is_no_value(field: str, text: str, told: str):
    with pytest.raises(ValidationError, match=told):
        Sample.model_validate({field: text})


@pytest.mark.parametrize("fields", [{}, {"user_id": uuid7(), "more": 1}], ids=["less", "more"])
def test_a_fact_has_the_fields_of_its_contract(fields: dict[str, Any]):
    with pytest.raises(TypeError, match="missing or unknown"):
        UserCreated(**fields)


def test_what_is_to_be_written_after_the_commit_is_refused():
    held: Any = SimpleNamespace(broken_transaction=False)
    session = Session(held)
    with pytest.raises(RuntimeError, match="would be lost"):
        session.close(("select 1", None))


def test_a_contract_has_its_entity_and_is_the_only_one():
    with pytest.raises(TypeError, match="shelf_id"):

        class ShelfMade(Event, type="shelf.made"):
            """Without what was made."""

    with pytest.raises(TypeError, match="already"):

        class Impostor(Event, type="user.created"):
            """Another contract of the same name."""

            user_id: UUID

    with pytest.raises(LookupError, match="version 99"):
        UserCreated.read(99, {}, 1)


def test_an_event_of_no_known_kind_is_an_error(campus: Campus):
    with pytest.raises(ValueError, match="does not know"):
        campus.handlers["tasks"]({"odd": 1}, context())


def routes() -> Routes:
    return Routes("/shelves", tag="shelves")


def test_a_route_says_what_it_is_and_takes():
    with pytest.raises(TypeError, match="docstring"):
        routes().get("")(lambda request: None)

    def get_shelf(request: Request, number: int) -> None:
        """A shelf."""

    with pytest.raises(TypeError, match="neither"):
        routes().get("")(get_shelf)
    with pytest.raises(TypeError, match="lacks place"):
        routes().get("/{number}/{place}")(get_shelf)


def get_book(request: Request, shelf: str, book_id: UUID) -> None:
    """A book."""


def table(*paths: str) -> Table:
    group = routes()
    for path in paths:
        group.get(path)(get_book)
    return Table([group])


def test_a_route_is_defined_once():
    with pytest.raises(ValueError, match="twice"):
        table("/{shelf}/books/{book_id}", "/{shelf}/books/{book_id}")


BOOK = "01936f5e-7c00-7000-8000-000000000001"


@pytest.mark.parametrize(
    "path",
    ["/a/books", "/a/books/nonsense", f"/{'a' * 513}/books/{BOOK}", f"/a\0/books/{BOOK}"],
    ids=["half a path", "no id", "too long", "NUL"],
)
def test_a_path_that_can_name_nothing_is_not_found(path: str):
    found = table("/{shelf}/books/{book_id}")
    assert found.find("v2", "GET", f"/shelves/a/books/{BOOK}")
    with pytest.raises(Refusal) as refused:
        found.find("v2", "GET", f"/shelves{path}")
    assert refused.value.code == "NOT_FOUND"


def test_a_public_route_has_no_caller():
    anonymous: Any = SimpleNamespace(caller=None)
    with pytest.raises(RuntimeError, match="no caller"):
        Request.known_caller.fget(anonymous)  # pyright: ignore[reportOptionalCall]


def test_only_what_is_a_list_is_listed_in_a_batch():
    route: Any = SimpleNamespace(query=None, path="/things/{thing_id}")
    with pytest.raises(TypeError, match="is no list"):
        batch.listed(None, route, {})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "error",
    [psycopg.errors.UndefinedTable(), psycopg.errors.QueryCanceled(), Refusal("TIMEOUT")],
    ids=["a bug", "a timeout", "told by a route"],
)
def test_a_fault_of_ours_is_not_an_outcome_of_one_item(error: Exception):
    undone: list[str] = []
    request: Any = SimpleNamespace(
        db=SimpleNamespace(run=lambda statement: undone.append(statement.name)),
        emissions=SimpleNamespace(records=[]),
    )

    def effect() -> None:
        raise error

    with pytest.raises(type(error)):
        batch._alone(request, effect)
    assert undone == ["begin_item"]


def test_a_session_that_is_closed_or_broken_says_so():
    held: Any = SimpleNamespace(flush=lambda *_: [], broken_transaction=True, hung_up=False)
    session = Session(held)
    session.open = False
    with pytest.raises(RuntimeError, match="declare statements"):
        session._flush(("select 1", None))
    session.open = True
    with pytest.raises(RuntimeError, match="swallowed"):
        session.close()


def test_a_setting_that_is_missing_is_named():
    with pytest.raises(RuntimeError, match="NOWHERE_SET"):
        setting("NOWHERE_SET")


def test_statements_are_known_and_named_once(tmp_path: Path):
    (tmp_path / "one.sql").write_text("-- name: same\nselect 1\n")
    with pytest.raises(AttributeError, match="other"):
        assert queries(str(tmp_path / "module.py")).other
    (tmp_path / "more").mkdir()
    for name in ("one", "two"):
        (tmp_path / "more" / f"{name}.sql").write_text("-- name: same\nselect 1\n")
    with pytest.raises(ValueError, match="twice"):
        queries(str(tmp_path / "more" / "module.py"))


def test_a_list_has_its_from_where_the_compiler_looks():
    with pytest.raises(ValueError, match="line of its own"):
        lists._with_sort_key("select id from course", "id")


def test_a_lost_connection_is_not_replaced_within_a_unit():
    with pytest.raises(psycopg.OperationalError, match="lost"):
        Database("app").flush(("select 1", None))


def test_only_a_wrong_password_is_read_again(monkeypatch: pytest.MonkeyPatch):
    tried: list[bool] = []

    def refuse(self: Database, fresh_secret: bool = False) -> None:
        tried.append(fresh_secret)
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(Database, "_open", refuse)
    with pytest.raises(psycopg.OperationalError):
        Database("app").connect()
    assert tried == [False]


@pytest.mark.parametrize(
    ("error", "attempts", "code"),
    [
        (psycopg.OperationalError("gone"), 1, "DATABASE_UNAVAILABLE"),
        (psycopg.errors.UniqueViolation(), 1, "ALREADY_EXISTS"),
        (psycopg.errors.SerializationFailure(), databases._ATTEMPTS, "SERVICE_UNAVAILABLE"),
    ],
    ids=["an ambiguous commit", "a fault", "a conflict that stays"],
)
def test_a_unit_is_repeated_when_that_can_help(error: psycopg.Error, attempts: int, code: str):
    seen: list[int] = []

    def work(attempt: int) -> None:
        seen.append(attempt)
        raise error

    held: Any = SimpleNamespace(rollback=lambda: None, drop=lambda: None, committing=True)
    with pytest.raises(Refusal) as refused:
        run_unit(held, work, seconds_left=lambda: 30.0, repeat_commit=False)
    assert (len(seen), refused.value.code) == (attempts, code)


def test_two_sweeps_do_not_wait_for_each_other(campus: Campus, user: User):
    campus.bus.down = True
    try:
        campus.call("POST", "/v2/courses", user, {"title": "History"})
    finally:
        campus.bus.down = False
    campus.admin.execute("update outbox set claimed_until = now() - interval '1 minute'")
    url, claim = os.environ["DATABASE_URL"], outbox.sql.claim_outbox.text
    with psycopg.connect(url) as first, psycopg.connect(url) as second:
        claimed = first.execute(claim, {"batch": 1000}).fetchall()  # pyright: ignore[reportArgumentType]
        second.execute("set statement_timeout = '3s'")
        assert second.execute(claim, {"batch": 1000}).fetchall() == []  # pyright: ignore[reportArgumentType]
        assert claimed
        first.rollback()


def test_a_failure_is_resolved_alone_and_once(campus: Campus):
    event, other = uuid7(), uuid7()
    failures = [(event, "a"), (event, "b"), (other, "a")]
    for failed, subscriber in failures:
        campus.admin.execute(
            "insert into consumer_failure (event_id, subscriber, event_type, failure_group)"
            " values (%s, %s, 'course.created', 'x')",
            (failed, subscriber),
        )
    taken = {"event_id": event, "subscriber": "a"}
    for expected in ([(event, "a")], []):
        campus.admin.execute(outbox.sql.resolve_failure.text, taken)
        resolved = campus.rows(
            "update consumer_failure set resolved_at = '2026-01-01'"
            " where event_id = any (%s) and resolved_at > '2026-01-02'"
            " returning event_id, subscriber",
            [event, other],
        )
        assert resolved == expected


@pytest.mark.parametrize(
    ("number", "length", "sizes"), [(25, 10, [10, 10, 5]), (3, 100_000, [2, 1]), (0, 10, [])]
)
def test_the_bus_gets_what_it_takes_at_once(number, length, sizes, monkeypatch):
    monkeypatch.setattr(outbox, "_entry", lambda record: {"Detail": "x" * length})
    batches = outbox._batches([{"id": each} for each in range(number)])
    assert [len(batch) for batch in batches] == sizes


def test_the_trace_goes_along_with_an_event(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outbox, "envelope", lambda record: {})
    record = {"source": "campus.tasks", "type": "course.created", "occurred_at": None}
    assert outbox._entry({**record, "trace_id": "Root=1"})["TraceHeader"] == "Root=1"
    assert "TraceHeader" not in outbox._entry({**record, "trace_id": None})


def test_a_server_without_an_answer_is_lost():
    wire = Wire.__new__(Wire)
    wire._pgconn = SimpleNamespace(get_error_message=lambda: "no answer")
    wire._next = lambda: None
    with pytest.raises(psycopg.OperationalError, match="no answer"):
        wire._answer()
