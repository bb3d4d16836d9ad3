"""Blows: what hits a worker, and at which step of its work.

The worker's own code is not changed for it: every step passes through `Database.flush`, which is
wrapped here, or through the bus that stands for EventBridge and SQS (bus.py).
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared import outbox
from shared.database import Command, Database

MOMENTS = ("before", "during", "after")
_NAMED = {
    outbox.sql.claim_outbox.text: "lease",
    outbox.sql.confirm_published.text: "confirm",
    outbox.sql.claim_inbox.text: "receipt",
    outbox.sql.outbox_backlog.text: "measure",
}


@dataclass(frozen=True)
class Blow:
    """`kill` ends the worker by SIGKILL, `terminate` its backend as pg_terminate_backend does,
    when it comes to the step for the nth time. `during` strikes `delay` seconds into it."""

    action: Literal["kill", "terminate"]
    step: str
    moment: str
    nth: int = 1
    delay: float = 0.0

    @property
    def place(self) -> str:
        return f"{self.step} {self.moment}"


class Deck:
    """Blows at all of some places in turn, in an order that changes."""

    def __init__(self, places: Sequence[tuple[str, str]], chance: random.Random) -> None:
        self._places, self._random = places, chance
        self._left: list[tuple[str, str]] = []

    def draw(self, action: Literal["kill", "terminate"], most: int = 1) -> Blow:
        """The next blow; at the first of `most` times that the worker comes there, or later."""
        self._left = self._left or self._random.sample(self._places, len(self._places))
        step, moment = self._left.pop()
        timed = moment == "during" and step != "put"  # the bus calls in the middle by itself
        delay = self._random.uniform(0.0001, 0.002) if timed else 0.0
        return Blow(action, step, moment, self._random.randint(1, most), delay)

    def put_back(self, blow: Blow) -> None:
        """The worker never came there so often: the place is the next one again."""
        self._left.append((blow.step, blow.moment))

    def names(self) -> list[str]:
        return [f"{step} {moment}" for step, moment in self._places]


class _Aim:
    """The blow that is meant for this worker's present job, and how far the job has come."""

    def __init__(self) -> None:
        self.blow: Blow | None = None
        self.counts: Counter[str] = Counter()
        self.held: Database | None = None
        self.coming: threading.Thread | None = None


_aim = _Aim()


def aim(blow: Blow | None) -> None:
    """Before each job: what is to hit it."""
    _aim.blow, _aim.counts = blow, Counter()


def reach(step: str, moment: str) -> None:
    """The worker has come to a moment of a step: strike, if this is the one."""
    if moment == "before":
        _aim.counts[step] += 1
    blow = _aim.blow
    if blow and (blow.step, blow.moment, blow.nth) == (step, moment, _aim.counts[step]):
        _aim.blow = None
        if moment == "during" and blow.delay:
            _aim.coming = threading.Thread(target=_strike, args=(blow,), daemon=True)
            _aim.coming.start()
        else:
            _strike(blow)


def settle() -> None:
    """At the end of a job: a blow that is still on its way is for this job and not for the next."""
    if _aim.coming:
        _aim.coming.join()
        _aim.coming = None


def install() -> None:
    """Let every flush of this process pass through `reach`."""
    original = Database.flush

    def flush(self: Database, *commands: Command, **options: Any) -> Any:
        step, _aim.held = step_of(self, commands), self
        reach(step, "before")
        reach(step, "during")
        results = original(self, *commands, **options)
        reach(step, "after")
        return results

    Database.flush = flush  # the worker is a process of its own, which ends patched


def step_of(held: Database, commands: Sequence[Command]) -> str:
    """A flush's name: what the decisive one of its commands does."""
    for text, _ in commands:
        if text in _NAMED:
            return _NAMED[text]
        if " admit(" in text:
            return "admit"
    return "close" if held.committing else "statement"


def _strike(blow: Blow) -> None:
    if blow.delay:
        time.sleep(blow.delay)
    if blow.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    held = _aim.held
    if held and not held.hung_up:
        _terminate(held, wait=blow.moment != "during")


def _terminate(held: Database, *, wait: bool) -> None:
    """SIGTERM is what pg_terminate_backend sends. `wait` until the backend has hung up, so that
    the next flush is sure to meet nobody."""
    assert held.backend_pid
    with contextlib.suppress(ProcessLookupError):
        os.kill(held.backend_pid, signal.SIGTERM)
        until = time.monotonic() + 5
        while wait and not held.hung_up and time.monotonic() < until:
            time.sleep(0.001)
