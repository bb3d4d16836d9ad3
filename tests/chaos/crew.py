"""Worker processes, forked from one that has imported everything, and their deaths."""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from tests.chaos import blows
from tests.chaos.blows import Blow, Deck

_fork = multiprocessing.get_context("fork")


@dataclass
class Job:
    """A piece of work that a worker does by calling `action`, a function of a module."""

    action: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    blow: Blow | None = None
    kill_after: float | None = None
    note: Any = None


@dataclass
class Worker:
    """A process that stands for one execution environment of Lambda."""

    process: Any
    line: Connection
    job: Job | None = None
    kill_at: float | None = None
    struck: bool = False


class Crew:
    """So many workers at once: whoever dies is replaced. Its maker has only one thread."""

    def __init__(self, size: int, log: Path) -> None:
        self.kills = 0
        self.places: Counter[str] = Counter()
        self._log = log
        self._workers: list[Worker] = []
        gc.freeze()  # else every child copies what a collection touches
        for _ in range(size):
            self._hire()

    def free(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.job is None]

    @property
    def busy(self) -> int:
        return sum(worker.job is not None for worker in self._workers)

    def wants_more(self, kills: int, deck: Deck) -> bool:
        """Until there were so many kills, one at least at each place; a place that cannot be
        reached is given up some time."""
        missing = set(deck.names()) - set(self.places)
        return self.kills < kills or (bool(missing) and self.kills < 2 * kills + 50)

    def give(self, worker: Worker, job: Job) -> None:
        worker.job = job
        delay = job.kill_after
        worker.kill_at = time.monotonic() + delay if delay is not None else None
        with contextlib.suppress(BrokenPipeError):  # it died late: `wait` finds out
            worker.line.send((job.action, job.arguments, job.blow))

    def wait(self, seconds: float = 1.0) -> list[tuple[Job, Any]]:
        """Jobs that came to an end within the time, with their results; None for a dead worker's
        result. Strikes those whose moment has come meanwhile."""
        until = time.monotonic() + seconds
        while True:
            moments = [w.kill_at for w in self._workers if w.kill_at is not None]
            pause = max(0.0, min([until, *moments]) - time.monotonic())
            lines = {worker.line: worker for worker in self._workers}
            ready = wait(list(lines), pause)
            if ready:
                ended = [self._collect(lines[line]) for line in ready]
                return [one for one in ended if one]
            self._strike_due()
            if time.monotonic() >= until:
                return []

    def do(self, action: Callable[..., Any], *arguments: Any, blow: Blow | None = None) -> Any:
        """Have the first worker do one thing, unharmed by us, and wait for it."""
        self.give(self._workers[0], Job(action, arguments, blow))
        while True:
            for _, result in self.wait():
                return result

    def dismiss(self) -> None:
        for worker in self._workers:
            worker.line.close()
        for worker in self._workers:
            worker.process.join(10)
        self._workers.clear()
        gc.unfreeze()

    def _hire(self) -> None:
        ours, theirs = _fork.Pipe()
        others = [worker.line for worker in self._workers]
        process = _fork.Process(
            target=_work, args=(theirs, [ours, *others], self._log), daemon=True
        )
        process.start()
        theirs.close()
        self._workers.append(Worker(process, ours))

    def _collect(self, worker: Worker) -> tuple[Job, Any] | None:
        job, result = worker.job, None
        try:
            result = worker.line.recv()
            worker.job, worker.kill_at = None, None
        except (EOFError, ConnectionResetError):
            pass
        if worker.struck or result is None:  # struck at the very end, it may have answered
            self._bury(worker, job)
        return (job, result) if job else None

    def _bury(self, worker: Worker, job: Job | None) -> None:
        worker.process.join()
        if worker.process.exitcode != -signal.SIGKILL:
            raise RuntimeError(f"a worker ended by itself, with {worker.process.exitcode}")
        self.kills += 1
        blow = job.blow if job and not worker.struck else None
        self.places[blow.place if blow and blow.action == "kill" else "anywhere"] += 1
        worker.line.close()
        self._workers.remove(worker)
        self._hire()

    def _strike_due(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.kill_at is not None and worker.kill_at <= now:
                worker.kill_at, worker.struck = None, True
                os.kill(worker.process.pid, signal.SIGKILL)


def _work(line: Connection, others: list[Connection], log: Path) -> None:
    """A worker's life: one job after the other, until it is dismissed or killed."""
    for other in others:
        other.close()  # else nobody's end would be noticed
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr = log.open("a", buffering=1)
    blows.install()
    while True:
        try:
            action, arguments, blow = line.recv()
        except EOFError:
            os._exit(0)
        blows.aim(blow)
        blows.reach("job", "before")
        result = action(*arguments)
        blows.settle()
        blows.reach("answer", "before")
        line.send(result)
