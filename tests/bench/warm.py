"""Warm requests: one process for each stack, all alive at once, each called in its turn."""

import contextlib
import json
import os
import random
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.cold import lambda_environment
from tests.bench.ground import PYTHON, Database
from tests.chaos.figures import Progress

BATCH = 20
"""Requests in one turn: short, so that a disturbance hits all stacks alike."""
_UNTRACED = {"CAMPUS_TRACING": "off", "POWERTOOLS_TRACE_DISABLED": "true"}
Seconds = list[float]


class Worker:
    """A stack in a process of its own."""

    def __init__(self, stack: str, database: Database) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        self.name = stack
        self._process = subprocess.Popen(
            [
                PYTHON,
                "-m",
                "tests.bench.worker",
                stack,
                str(database.users),
                str(orders),
                str(answers),
            ],
            env={**lambda_environment(database), **_UNTRACED},
            stdout=subprocess.DEVNULL,
            pass_fds=(orders, answers),
        )
        os.close(orders)
        os.close(answers)
        self._told = os.fdopen(self._answers)

    def ask(self, kind: str, times: int = 0) -> Any:
        """What the process answers to one order."""
        os.write(self._orders, json.dumps({"kind": kind, "times": times}).encode() + b"\n")
        line = self._told.readline()
        if not line:
            raise RuntimeError(f"{self.name} died of {kind}")
        return json.loads(line)

    def stop(self) -> None:
        os.close(self._orders)
        self._process.wait()
        self._told.close()


@contextlib.contextmanager
def workers(stacks: Sequence[tuple[str, Database]]) -> Iterator[list[Worker]]:
    """Processes that live as long as the block."""
    with contextlib.ExitStack() as stack:
        started = [Worker(name, database) for name, database in stacks]
        for worker in started:
            stack.callback(worker.stop)
        yield started


def turns(
    orders: Sequence[tuple[Worker, str]], rounds: int, title: str, batch: int = BATCH
) -> list[list[Seconds]]:
    """For each order its batches, one a round, the orders in any order within a round."""
    for worker, kind in orders:
        worker.ask(kind, 3 * batch)
    found: list[list[Seconds]] = [[] for _ in orders]
    progress = Progress(title)
    for done in range(rounds):
        progress.show(done, rounds, "rounds")
        for index in random.sample(range(len(orders)), len(orders)):
            worker, kind = orders[index]
            found[index].append(worker.ask(kind, batch))
    return found


def p50(batches: Sequence[Seconds]) -> float:
    return statistics.median(second for batch in batches for second in batch)


def p99(batches: Sequence[Seconds]) -> float:
    ordered = sorted(second for batch in batches for second in batch)
    return ordered[int(len(ordered) * 0.99)]


def ratio(one: Sequence[Seconds], other: Sequence[Seconds]) -> float:
    """How many times as long `one` takes: paired in each round, the median round's."""
    pairs = zip(one, other, strict=True)
    return statistics.median(statistics.median(a) / statistics.median(b) for a, b in pairs)
