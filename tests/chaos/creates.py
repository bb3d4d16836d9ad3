"""Creates with an idempotency key, by two clients each, while workers, backends and the server die.

A client tries again until it has an answer. In the end every key was answered, has had one effect
with one event, and every answer of a key is the same.
"""

import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from functions.tasks.handler import handle
from shared.identity import read_credentials
from tests.campus import context, decoded, gateway_event
from tests.chaos.blows import MOMENTS, Deck
from tests.chaos.bus import Bus
from tests.chaos.crew import Crew, Job
from tests.chaos.figures import Figures, Progress
from tests.chaos.ground import Ground, Person

PATH = "/v2/tasks/assignments"
KEYS_A_PERSON = 8  # fewer tries in a minute than the limit of creates, and fewer than the plan's
PEOPLE_AT_ONCE = 50
KILLS_A_RESTART = 2500
PLACES = [
    *((step, moment) for step in ("admit", "statement", "close") for moment in MOMENTS),
    *(("put", moment) for moment in MOMENTS),
    *(("confirm", moment) for moment in MOMENTS),
    ("answer", "before"),
]
NOT_OF_THE_ANSWER = (
    "x-request-id",
    "x-correlation-id",
    "ratelimit",
    "x-ratelimit",
    "idempotency-replayed",
    "x-idempotency-cached",
)


@dataclass
class Key:
    """An idempotency key, and what its clients were answered."""

    name: str
    person: Person
    answers: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return all(answer == self.answers[0] for answer in self.answers)


@dataclass
class Attempt:
    """One client's call with a key. The last one comes after all, unharmed: a replay."""

    key: Key
    last: bool = False
    not_before: float = 0.0


def request(event: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """In a worker: the function as the gateway invokes it."""
    answer = decoded(handle(event, context()))
    return answer.status, answer.headers, answer.text


class Creates:
    """The trial."""

    def __init__(self, ground: Ground, bus: Bus, kills: int, seed: str) -> None:
        self._ground, self._bus, self._kills = ground, bus, kills
        self._random = random.Random(f"{seed}:creates")
        self._people = ground.people(PEOPLE_AT_ONCE)
        read_credentials(self._people[0].user.headers)  # fetches the pool's keys before any fork
        self._crew = Crew(4, ground.directory / "workers.log")
        self._keys: list[Key] = []
        self._waiting: deque[Attempt] = deque()
        self._deck = Deck(PLACES, self._random)
        self._wrong: Counter[str] = Counter()
        self._tries = self._terminated = self._unavailable = 0

    def run(self) -> Figures:
        figures, progress = Figures("creates"), Progress("creates")
        restarts = max(1, self._kills // KILLS_A_RESTART)
        crashed = self._ground.restarts
        while self._work(more=self._may_kill()):
            done = self._ground.restarts - crashed
            if done < restarts and self._crew.kills > (done + 0.5) * self._kills / restarts:
                self._ground.crash()
            progress.show(self._crew.kills, self._kills, "kills")
        self._waiting.extend(Attempt(key, last=True) for key in self._keys)
        while self._work(more=False):
            progress.show(len(self._keys) - len(self._waiting), len(self._keys), "replays")
        self._crew.dismiss()
        figures.least("kills", self._crew.kills, self._kills)
        figures.note("terminated backends", self._terminated)
        figures.least("restarts", self._ground.restarts - crashed, restarts)
        self._judge(figures)
        figures.killed_at(self._crew.places, self._deck.names())
        return figures.finish()

    def _may_kill(self) -> bool:
        return self._crew.wants_more(self._kills, self._deck)

    def _work(self, *, more: bool) -> bool:
        """Give everybody something to do and take what was done; whether anything is left."""
        for worker in self._crew.free():
            attempt = self._next(more)
            if attempt:
                self._tries += 1
                self._crew.give(worker, self._job(attempt))
        for job, result in self._crew.wait(0.02):
            self._take(job.note, result)
            if result and job.blow and job.blow.action == "kill":
                self._deck.put_back(job.blow)
        return more or bool(self._waiting) or self._crew.busy > 0

    def _next(self, more: bool) -> Attempt | None:
        if not self._waiting and more:
            if len(self._keys) % KEYS_A_PERSON == 0 and not self._people:
                self._people = self._ground.people(PEOPLE_AT_ONCE)
            person = self._people[0]
            key = Key(f"key-{len(self._keys)}", person)
            self._keys.append(key)
            if len(self._keys) % KEYS_A_PERSON == 0:
                self._people.pop(0)
            self._waiting.extend([Attempt(key), Attempt(key)])
        if self._waiting and self._waiting[0].not_before <= time.monotonic():
            return self._waiting.popleft()
        return None

    def _job(self, attempt: Attempt) -> Job:
        key = attempt.key
        body = {"title": key.name, "dueAt": "2027-01-10T10:00:00Z"}
        headers = {"Idempotency-Key": key.name}
        address = key.person.address
        event = gateway_event("POST", PATH, key.person.user, body, headers, None, address)
        job = Job(request, (event,), note=attempt)
        chance = 1.0 if attempt.last else self._random.random()
        if chance < 0.4:
            job.blow = self._deck.draw("kill")
        elif chance < 0.55:
            job.kill_after = self._random.uniform(0, 0.02)
        elif chance < 0.65:
            job.blow = self._deck.draw("terminate")
            self._terminated += 1
        return job

    def _take(self, attempt: Attempt, result: Any) -> None:
        if result is None:
            self._waiting.append(attempt)
            return
        status, headers, text = result
        if status == 201:
            self._accept(attempt, headers, text)
        elif status == 503 and int(headers.get("Retry-After", 0)) > 0:
            self._unavailable += 1
            attempt.not_before = time.monotonic() + 0.2  # a client would wait longer
            self._waiting.append(attempt)
        else:
            self._wrong[f"{status} {text}"] += 1

    def _accept(self, attempt: Attempt, headers: dict[str, str], text: str) -> None:
        kept = {
            name.lower(): value
            for name, value in headers.items()
            if not name.lower().startswith(NOT_OF_THE_ANSWER)
        }
        attempt.key.answers.append((text, kept))
        if attempt.last and headers.get("Idempotency-Replayed") != "true":
            self._wrong["a last answer was no replay"] += 1

    def _judge(self, figures: Figures) -> None:
        keys = len(self._keys)
        effects = dict(self._ground.rows("select title, count(*) from assignment group by title"))
        figures.note("keys", keys)
        figures.note("requests", self._tries)
        figures.note("503s", self._unavailable)
        figures.none("other answers", sum(self._wrong.values()))
        figures.faults += [f"creates: answered {answer[:300]}" for answer in self._wrong]
        figures.equal("answers", sum(len(key.answers) for key in self._keys), 3 * keys)
        figures.none("mismatching replays", sum(not key.agrees for key in self._keys))
        figures.equal("effects", sum(effects.values()), keys)
        figures.none("lost", sum(key.name not in effects for key in self._keys))
        figures.none("doubled", sum(number > 1 for number in effects.values()))
        self._judge_rows(figures, keys)

    def _judge_rows(self, figures: Figures, keys: int) -> None:
        """What the transaction writes beside the effect: as often as the effect."""
        counted = self._ground.rows(
            """select (select count(*) from task_creation),
                      (select count(*) from idempotency_key where status = 201),
                      (select count(*) from idempotency_key where status is null),
                      (select count(*) from event as e join assignment as a
                          on a.id::text = e.entity_id where e.type = 'assignment.created')"""
        )[0]
        figures.equal("creations counted", counted[0], keys)
        figures.equal("answers kept", counted[1], keys)
        figures.none("keys held for ever", counted[2])
        figures.equal("events", counted[3], keys)
        facts = {str(row[0]) for row in self._ground.rows("select id from event")}
        left = {str(row[0]) for row in self._ground.rows("select event_id from outbox")}
        figures.none("events lost", len(facts - left - set(self._bus.published())))
