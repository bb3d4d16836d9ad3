"""The bench runs, and judges what it finds. Nothing is timed here."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.__main__ import report
from tests.bench.cold import STACKS
from tests.bench.events import BODY
from tests.bench.figures import Figure
from tests.bench.ground import PAGE, Database, Ground
from tests.bench.measures import PARTS, Bench, Part
from tests.bench.page import _TEXT
from tests.bench.plot import plot
from tests.bench.warm import workers
from tests.conftest import SERVER_URL, TEMPLATE
from tests.postgres import drop_database

ROWS = 100_000
# They share one large database.
pytestmark = pytest.mark.xdist_group("bench")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """As small as it can be, on the server of this run."""
    there = Ground(
        tmp_path_factory.mktemp("bench"),
        os.environ[SERVER_URL],
        os.environ[TEMPLATE],
        dict(os.environ),
    )
    yield Bench(there, ROWS, thoroughness=0)
    for rows in (10_000, ROWS):
        drop_database(there.url, f"{there.template}_{rows}")


def answers(database: Database, kind: str) -> dict[str, Any]:
    """What every stack answers to the same request of the same user."""
    with workers([(stack, database) for stack in STACKS]) as started:
        found = {worker.name: worker.ask(f"answer {kind}") for worker in started}
    return {
        name: (answer["statusCode"], json.loads(answer["body"])) for name, answer in found.items()
    }


def test_every_stack_lists_the_same_rows(bench: Bench):
    found = answers(bench.small, "list")
    status, ours = found["campus"]
    assert status == 200
    assert len(ours["data"]) == PAGE
    assert ours["pageInfo"]["hasNextPage"]
    for name, (status, theirs) in found.items():
        assert status == 200, name
        assert [row["id"] for row in theirs["data"]] == [row["id"] for row in ours["data"]], name
        assert theirs["data"][0].keys() == ours["data"][0].keys(), name
        assert theirs["pageInfo"]["hasNextPage"], name


def test_every_stack_creates_what_was_sent(bench: Bench):
    before = rows_of(bench.small)
    for name, (status, made) in answers(bench.small, "create").items():
        assert status == 201, name
        kept = {field: made["data"][field] for field in BODY if field != "dueAt"}
        assert kept == {field: value for field, value in BODY.items() if field != "dueAt"}, name
        assert made["data"]["dueAt"][:10] == BODY["dueAt"][:10], name
    assert rows_of(bench.small) == before + len(STACKS)


def rows_of(database: Database) -> int:
    with database.connect() as connection:
        row = connection.execute("select count(*) from assignment").fetchone()
    return row[0] if row else 0


@pytest.mark.parametrize("name", ["warm", "lists", "relay"])
def test_what_is_counted_and_not_timed_is_within_budget(bench: Bench, name: str):
    """Round trips, buffers: no load of this machine changes them."""
    figures = PARTS[name](bench).figures
    counted = [f for f in figures if f.measure.startswith(("round trips", "fewer buffers"))]
    assert len(counted) == {"warm": 2, "lists": 1, "relay": 0}[name]
    assert not [figure.measure for figure in counted if figure.is_beyond]
    assert all(figure.value > 0 for figure in figures if figure.unit != "%")


def test_a_figure_beyond_its_budget_fails_the_run(capsys: pytest.CaptureFixture[str]):
    good = Figure("warm list", 1.2, "x", 1.4, 1.0)
    assert report([good, Figure("told", 3, "ms")]) == 0
    assert report([good, Figure("create", 2.01, "x", 2.0, 1.3)]) == 1
    assert report([Figure("relay", 4_999, "/s", 5_000, 10_000, at_least=True), good]) == 1
    assert "BEYOND THE BUDGET: relay" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(1.0, "reaches the aim"), (1.4, "within the budget"), (1.41, "BEYOND THE BUDGET")],
)
def test_a_verdict_says_how_good_a_figure_is(value: float, verdict: str):
    assert Figure("warm list", value, "x", 1.4, 1.0).verdict == verdict


def test_the_plot_shows_every_stack_and_size():
    seconds = dict.fromkeys(STACKS, 0.1)
    drawn = plot(
        {
            "cold": Part([], {"seconds": seconds, "megabytes": seconds}),
            "warm": Part([], {"list": seconds, "create": seconds}),
            "growth": Part([], {"rows": [10_000, ROWS], "list": [1, 2], "create": [2, 2]}),
        }
    )
    for text in ("floor", "Campus", "Powertools", "Chalice", "FastAPI", "10,000", "100,000"):
        assert f">{text}</text>" in drawn


def test_the_page_shows_what_was_last_measured():
    page = Path("docs/performance.md").read_text()
    head, _, tail = _TEXT.partition("{machine}")
    assert page.startswith(head)
    assert page.endswith(tail.partition("{table}")[2])
    assert "| cold start, times the floor |" in page
