"""One local stack for all journeys, started when the first of them needs it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.docs_page.webdriver import Browser, Driver
from tests.journeys.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one worker: there the stack is started once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("local stack"))


@pytest.fixture(scope="session")
def started_once() -> Iterator[Stack]:
    # Not pytest's own directory: that is private, and PostgreSQL runs as another user under root.
    directory = Path(tempfile.mkdtemp(prefix="campus-journey-"))
    directory.chmod(0o755)
    stack = Stack(directory / "data")
    stack.start()
    yield stack
    stack.stop()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def stack(started_once: Stack) -> Stack:
    """The running stack, as it is configured without a word."""
    if started_once.extra:
        started_once.restart()
    return started_once


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    with Driver() as running:
        yield running


@pytest.fixture
def browser(driver: Driver) -> Iterator[Browser]:
    with driver.browser() as opened:
        yield opened
