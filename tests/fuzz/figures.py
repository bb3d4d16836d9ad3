"""A pytest plugin for `make fuzz`: what was sent, with which seed, and failure when it is short."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

WANTED = {"mutated tokens": 100_000, "hostile requests": 20_000, "generated requests": 10_000}
_figures: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every request writes one line."""
    campus = request.getfixturevalue("campus") if "campus" in request.fixturenames else None
    before = len(campus.lines) if campus else 0
    yield
    if campus and "generated requests" not in dict(request.node.user_properties):
        request.node.user_properties.append(("hostile requests", len(campus.lines) - before))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        for name, number in report.user_properties:
            _figures[name] += int(str(number))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput") and short():
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.section("fuzz")
    terminalreporter.line(f"seed: {os.environ.get('CAMPUS_SEED', 'campus')} (CAMPUS_SEED)")
    for name, number in sorted(_figures.items()):
        terminalreporter.line(f"{name}: {number:,}")
    for name, wanted in short().items():
        terminalreporter.line(f"SHORT: {name}: {_figures[name]:,} of {wanted:,}")


def short() -> dict[str, int]:
    """What was not reached."""
    return {name: wanted for name, wanted in WANTED.items() if _figures[name] < wanted}
