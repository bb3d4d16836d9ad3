"""The database gone, and back: what clients are told, and functions that go on by themselves.

One worker lives through all of it, as an execution environment of Lambda would.
"""

import random
import time
from collections import Counter
from itertools import product
from typing import Any

from shared.identity import read_credentials
from tests.campus import gateway_event
from tests.chaos.blows import Blow
from tests.chaos.bus import Bus
from tests.chaos.creates import PATH, request
from tests.chaos.crew import Crew
from tests.chaos.figures import Figures, Progress, patiently
from tests.chaos.ground import Ground, Person
from tests.chaos.reactions import COMPLETED, consume, process, sweep, tell

KINDS = ("list", "create with key", "create")
POINTS = {
    "idle": (("job", "before"),),
    "in the transaction": (("admit", "after"), ("statement", "before"), ("statement", "after")),
    "at the COMMIT": (("close", "before"), ("close", "during"), ("close", "after")),
}
ROUNDS_A_PERSON = 10
TERMINATIONS_A_KILL = 0.09  # 900 with 10,000


class Outages:
    """The trial."""

    def __init__(self, ground: Ground, bus: Bus, kills: int, seed: str) -> None:
        self._ground, self._bus = ground, bus
        self._random = random.Random(f"{seed}:outages")
        self._rounds = max(3, round(kills * TERMINATIONS_A_KILL / (len(KINDS) * len(POINTS))))
        self._person: Person = ground.people(1)[0]
        read_credentials(self._person.user.headers)
        self._crew = Crew(1, ground.directory / "workers.log")
        self._wrong: Counter[str] = Counter()
        self._sure: list[str] = []
        self._unsure: list[str] = []
        self._slowest = 0.0

    def run(self) -> Figures:
        figures, progress = Figures("outages"), Progress("outages")
        first = self._crew.do(process)
        self._stopped(figures)
        terminations = 0
        for number in range(self._rounds):
            if number % ROUNDS_A_PERSON == 0:
                self._person = self._ground.people(1)[0]
            for kind, point in product(KINDS, POINTS):
                self._terminate(kind, point, f"{number} {kind} {point}")
                terminations += 1
            progress.show(number, self._rounds, "rounds")
        figures.note("terminated backends", terminations)
        figures.note("unsure creates told by 503", len(self._unsure))
        self._judge(figures)
        figures.equal("workers replaced", int(self._crew.do(process) != first), 0)
        self._crew.dismiss()
        return figures.finish()

    def _stopped(self, figures: Figures) -> None:
        """Nothing answers on the port; then it does, and the same worker goes on."""
        told = self._crew.do(tell, [self._person])
        self._expect("create with key", "before the outage", {201})
        self._ground.stop()
        for kind in KINDS:
            self._expect(kind, f"{kind} in the outage", {503})
        if self._crew.do(sweep) == "":
            self._wrong["the relay did not report its failure"] += 1
        self._ground.start()
        self._unsure.clear()  # no server, no effect: these are tried again, or were never made
        for kind in KINDS:
            self._expect(kind, f"{kind} in the outage", {200, 201})
        self._react(told)
        self._ground.crash()
        for kind in KINDS:
            self._expect(kind, f"{kind} after a crash", {200, 201})
        figures.note("slowest 503 in ms", round(self._slowest * 1000))

    def _react(self, told: list[Any]) -> None:
        """An event whose consumer meets the outage: the message comes back, its effect too."""
        in_outbox = "select count(*) from outbox where event_id = any(%s)"
        for _ in patiently():
            self._crew.do(sweep)
            if self._ground.rows(in_outbox, told) == [(0,)]:
                break
        self._ground.stop()
        self._take_a_batch()
        self._ground.start()
        for _ in patiently():
            self._crew.do(consume, self._bus, "tasks")
            self._crew.do(consume, self._bus, "notifications")
            if not self._bus.waiting():
                break
        taken = "select count(*) from inbox where event_id = any(%s)"
        if self._ground.rows(taken, told) != [(len(COMPLETED),)]:
            self._wrong["an effect is missing after the outage"] += 1

    def _take_a_batch(self) -> None:
        for _ in patiently():
            number, failed = self._crew.do(consume, self._bus, "tasks")
            if number != failed:
                self._wrong["a message was taken without a database"] += 1
            if number:
                return

    def _terminate(self, kind: str, point: str, title: str) -> None:
        """What a client of this kind may be told when its backend is ended at this point."""
        step, moment = self._random.choice(POINTS[point])
        delay = self._random.uniform(0.0001, 0.002) if moment == "during" else 0.0
        allowed = {200} if kind == "list" else {201}
        if kind == "create" and point == "at the COMMIT":
            allowed = {201, 503}
        self._expect(kind, title, allowed, Blow("terminate", step, moment, delay=delay))

    def _expect(self, kind: str, title: str, allowed: set[int], blow: Blow | None = None) -> None:
        started = time.monotonic()
        status, headers, text = self._crew.do(request, self._event(kind, title), blow=blow)
        if status not in allowed or (status == 503 and not int(headers.get("Retry-After", 0))):
            self._wrong[f"{status} to {title}: {text[:200]}"] += 1
        if status == 503:
            self._slowest = max(self._slowest, time.monotonic() - started)
            self._unsure.append(title)
        elif kind != "list":
            self._sure.append(title)

    def _event(self, kind: str, title: str) -> dict[str, Any]:
        user, address = self._person.user, self._person.address
        if kind == "list":
            return gateway_event("GET", PATH, user, None, None, None, address)
        body = {"title": title, "dueAt": "2027-01-10T10:00:00Z"}
        headers = {"Idempotency-Key": title} if kind == "create with key" else None
        return gateway_event("POST", PATH, user, body, headers, None, address)

    def _judge(self, figures: Figures) -> None:
        counted = "select title, count(*) from assignment where title = any(%s) group by title"
        sure = dict(self._ground.rows(counted, self._sure))
        unsure = dict(self._ground.rows(counted, self._unsure))
        figures.none("other answers", sum(self._wrong.values()))
        figures.faults += [f"outages: answered {answer}" for answer in self._wrong]
        figures.equal("effects", sum(sure.values()), len(self._sure))
        figures.none("lost", len(set(self._sure) - set(sure)))
        figures.none("doubled", sum(n > 1 for n in [*sure.values(), *unsure.values()]))
