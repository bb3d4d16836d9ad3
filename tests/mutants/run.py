"""A pytest session that, in place of its tests, tries the guards: a fork for each."""

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any, NoReturn

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.graft import remove
from tests.mutants.guards import ROOT, Guard
from tests.mutants.reach import PLACES, Reach

SECONDS = 120
ENDLESS = "(a test never ends)"
Outcome = dict[str, Any]


@dataclass
class Trial:
    """A guard, and the test that fails without it ("" when none does)."""

    guard: Guard
    test: str
    seconds: float


class Run:
    """The plugin. `known` is what earlier runs found: the test to try first, by guard."""

    def __init__(
        self, guards: Sequence[Guard], known: dict[Any, str], *, search: bool, borrowed: bool
    ) -> None:
        self.guards = guards
        self.known = known
        self.search = search
        self.borrowed = borrowed
        self.trials: list[Trial] = []
        self.alone: dict[str, bool] = {}
        self.number = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        if self.borrowed:  # the server of the test run that this one is a test of
            config.workerinput = {}  # pyright: ignore[reportAttributeAccessIssue]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        hints = [self.known[g.key] for g in self.guards if self.known.get(g.key) in items]
        sound = self._passing([items[name] for name in dict.fromkeys(hints)])
        left: list[Guard] = []
        for guard in self.guards:
            hint = self.known.get(guard.key, "")
            if hint not in sound or not self._try(guard, [items[hint]]):
                left.append(guard)
        reach = self._measured(list(items.values())) if left and self.search else Reach()
        for guard in left:
            tests = [items[name] for name in reach.tests(guard, self.guards)]
            if not tests or not self._try(guard, tests):
                self._tell(guard, "", 0.0)
        return True

    def _try(self, guard: Guard, items: list[pytest.Item]) -> bool:
        """Whether a test fails without the guard that passes, alone, with it."""
        began = time.monotonic()
        while items:
            outcomes = self._fork(partial(_tried, guard, items))
            failed = outcomes is None or not outcomes[-1]["passed"]
            if not failed:
                return False
            last = items[len(outcomes) - 1] if outcomes else None
            if last is None or self._passes_alone(last):
                self._tell(guard, last.nodeid if last else ENDLESS, time.monotonic() - began)
                return True
            items = items[items.index(last) + 1 :]
        return False

    def _passes_alone(self, item: pytest.Item) -> bool:
        if item.nodeid not in self.alone:
            self.alone[item.nodeid] = item.nodeid in self._passing([item])
        return self.alone[item.nodeid]

    def _tell(self, guard: Guard, test: str, seconds: float) -> None:
        self.trials.append(Trial(guard, test, seconds))
        place = f"{guard.path}:{guard.line}"
        say(
            f"{len(self.trials)}/{len(self.guards)} {place} {guard.text[:60]}: "
            f"{test or 'SURVIVED'} ({seconds:.1f} s)"
        )

    def _passing(self, items: list[pytest.Item]) -> set[str]:
        """Tests that pass while all guards are there."""
        outcomes = self._fork(lambda: list(_outcomes(items, stop=False)), 20 * SECONDS) or []
        return {found["test"] for found in outcomes if found["passed"]}

    def _measured(self, items: list[pytest.Item]) -> Reach:
        say(f"measuring which of {len(items)} tests reach which guards")
        with tempfile.TemporaryDirectory() as directory:
            data = f"{directory}/coverage"
            outcomes = self._fork(lambda: _traced(items, data), 3600) or []
            return Reach.read(data, outcomes)

    def _fork(self, work: Callable[[], list[Outcome]], seconds: int = SECONDS):
        """What `work` returns in a process and a database of its own; None when it never ends."""
        self.number += 1
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _live(work, writing, f"mutant{os.getpid()}_{self.number}", seconds)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return None
        if status:
            raise RuntimeError(told.decode() or f"a fork ended with {status}")
        return json.loads(told)


def say(text: str) -> None:
    """A line of progress."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _live(work: Callable[[], list[Outcome]], writing: int, name: str, seconds: int) -> NoReturn:
    """The life of a fork: what it found, or what went wrong, goes into the pipe."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            try:
                _own_world(name, seconds)
                pipe.write(json.dumps(work()).encode())
                status = 0
            except BaseException:
                pipe.write(traceback.format_exc().encode())
    finally:
        os._exit(status)


def _own_world(name: str, seconds: int) -> None:
    from tests import conftest
    from tests.postgres import SERVER_URL, with_database

    os.environ["PYTEST_XDIST_WORKER"] = name
    server = os.environ[SERVER_URL]
    os.environ["DATABASE_URL"] = with_database(server, conftest._own_database())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)


def _tried(guard: Guard, items: list[pytest.Item]) -> list[Outcome]:
    remove(guard)
    return list(_outcomes(items, stop=True))


def _outcomes(items: list[pytest.Item], *, stop: bool) -> Iterator[Outcome]:
    """Run tests in their order, until one fails if asked to."""
    for item, following in zip_longest(items, items[1:]):
        began = time.monotonic()
        reports = runtestprotocol(item, log=False, nextitem=following)
        passed = not any(report.failed for report in reports)
        yield {"test": item.nodeid, "passed": passed, "seconds": time.monotonic() - began}
        if stop and not passed:
            item.session._setupstate.teardown_exact(None)
            return


def _traced(items: list[pytest.Item], data: str) -> list[Outcome]:
    places = [str(ROOT / place) for place in PLACES]
    tracer = coverage.Coverage(data_file=data, source=places, config_file=False)
    tracer.start()
    found: list[Outcome] = []
    for item, following in zip_longest(items, items[1:]):
        tracer.switch_context(item.nodeid)
        began = time.monotonic()
        reports = runtestprotocol(item, log=False, nextitem=following)
        passed = not any(report.failed for report in reports)
        found.append({"test": item.nodeid, "passed": passed, "seconds": time.monotonic() - began})
    tracer.stop()
    tracer.save()
    return found
