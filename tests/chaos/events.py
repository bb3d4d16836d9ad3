"""Events on their way from the outbox to their effects, while relays and consumers die.

Nothing in between is made up but the bus: the relay's handler, the handlers of two functions with
their own subscribers, their inboxes. In the end each event has had each of its effects once.
"""

import random
import time
from typing import Any
from uuid import UUID

from tests.chaos.blows import MOMENTS, Deck
from tests.chaos.bus import Bus
from tests.chaos.crew import Crew, Job
from tests.chaos.figures import Figures, Progress
from tests.chaos.ground import Ground, Person
from tests.chaos.reactions import (
    COMPLETED,
    HANDLERS,
    MOST_IN_A_BATCH,
    STUDIED,
    consume,
    sweep,
    tell,
)

EVENTS_A_PERSON = 20
EVENTS_A_RESTART = 20_000
PORTIONS = 40
STUDIED_MORE = 9  # of the events, a tenth goes to two functions, which is slow
RELAYS = 2
RELAY, TELL = "relay", "tell"
RELAY_PLACES = [
    *((step, moment) for step in ("lease", "put", "confirm") for moment in MOMENTS),
    ("measure", "before"),
]
CONSUMER_PLACES = [
    ("batch", "before"),
    *((step, moment) for step in ("receipt", "statement", "close") for moment in MOMENTS),
    ("settle", "before"),
    ("settle", "after"),
]
_EXPIRE = "update outbox set claimed_until = now() where claimed_until > now()"
_NUMBERS = "select type, count(*) from event where id = any(%s) group by type"
_TAKEN = "select subscriber, count(*) from inbox where event_id = any(%s) group by subscriber"
_NOTICES = "select count(*) from notification where cause_id = any(%s)"
_EFFECTS = "select count(*) from chaos_effect group by service, event_id"
_FOLLOW_UPS = """
select count(*) from (select from event where causation_id is not null
                       group by actor_id, causation_id, type, data->>'channel'
                      having count(*) > 1) as twice
"""


class Events:
    """The trial."""

    def __init__(self, ground: Ground, bus: Bus, kills: int, events: int, seed: str) -> None:
        self._ground, self._bus, self._kills, self._events = ground, bus, kills, events
        self._random = random.Random(f"{seed}:events")
        self._relay_deck = Deck(RELAY_PLACES, self._random)
        self._consumer_deck = Deck(CONSUMER_PLACES, self._random)
        self._chance = min(0.5, 0.5 * kills * MOST_IN_A_BATCH / events)
        self._crew = Crew(4, ground.directory / "workers.log")
        self._portion = max(25, events // PORTIONS)
        self._people: list[Person] = []
        self._told: list[UUID] = []
        self._outbox = self._queued = self._sweeping = 0
        self._telling = False
        self._terminated = self._redriven = self._restarts = 0
        self._look_at, self._orphans = 0.0, True
        self._pause_until = dict.fromkeys(HANDLERS, 0.0)

    def run(self) -> Figures:
        figures, progress = Figures("events"), Progress("events")
        while not self._over():
            self._give()
            for job, result in self._crew.wait(0.02):
                self._take(job, result)
            self._restart_now_and_then()
            progress.show(self._crew.kills, self._kills, f"kills, {self._queued} messages queued")
        self._crew.dismiss()
        figures.least("kills", self._crew.kills, self._kills)
        figures.note("terminated backends", self._terminated)
        figures.note("restarts", self._restarts)
        self._judge(figures)
        figures.killed_at(
            self._crew.places, [*self._relay_deck.names(), *self._consumer_deck.names()]
        )
        return figures.finish()

    def _over(self) -> bool:
        """Whether all has arrived and enough was tried. Looks every now and then."""
        if time.monotonic() < self._look_at:
            return False
        if self._orphans:  # the lease of a killed relay takes 30 seconds to end: we do not wait
            self._ground.rows(_EXPIRE)
            self._orphans = False
        self._outbox = self._ground.rows("select count(*) from outbox")[0][0]
        self._queued = self._bus.waiting()
        self._look_at = time.monotonic() + 0.1
        if self._outbox or self._queued or self._crew.busy or not self._enough():
            return False
        redriven = sum(self._bus.redrive(queue) for queue in HANDLERS)
        self._redriven += redriven
        return not redriven

    def _enough(self) -> bool:
        tried = not self._may_kill(self._relay_deck) and not self._may_kill(self._consumer_deck)
        return tried and len(self._told) >= self._events

    def _may_kill(self, deck: Deck) -> bool:
        return self._crew.wants_more(self._kills, deck)

    def _give(self) -> None:
        for worker in self._crew.free():
            job = self._next_job()
            if job:
                self._crew.give(worker, job)

    def _next_job(self) -> Job | None:
        """Facts are told in portions, when little else is left to do, until there were enough."""
        queue = min(self._pause_until, key=lambda name: self._pause_until[name])
        if self._idle() and not self._enough():
            self._telling = True
            return Job(tell, (self._some_people(), STUDIED_MORE), note=TELL)
        if self._outbox and self._sweeping < RELAYS:
            self._sweeping += 1
            return self._harm(Job(sweep, note=RELAY), self._relay_deck, 0.8)
        if self._pause_until[queue] < time.monotonic():
            self._pause_until[queue] = time.monotonic()  # so that the other one is next
            number = self._random.randint(1, MOST_IN_A_BATCH)
            job = Job(consume, (self._bus, queue, number), note=queue)
            return self._harm(job, self._consumer_deck, self._chance)
        return None

    def _idle(self) -> bool:
        return not self._telling and not self._outbox and self._queued < 2 * self._portion

    def _some_people(self) -> list[Person]:
        """For one event each: nobody has as many as would make them a special case."""
        number = self._portion
        if len(self._people) < number:
            self._people += self._ground.people(number) * EVENTS_A_PERSON
        chosen, self._people = self._people[:number], self._people[number:]
        return chosen

    def _harm(self, job: Job, deck: Deck, chance: float) -> Job:
        drawn, may_kill = self._random.random(), self._may_kill(deck)
        most = 3 if job.note != RELAY or self._outbox > 300 else 1  # how often it comes there
        if drawn < 0.8 * chance and may_kill:
            job.blow = deck.draw("kill", most)
        elif drawn < chance and may_kill:
            job.kill_after = self._random.uniform(0, 0.1)
        elif drawn > 0.95:
            job.blow = deck.draw("terminate", most)
            self._terminated += 1
        return job

    def _take(self, job: Job, result: Any) -> None:
        if job.note == TELL:
            self._telling = False
            self._told += result
            self._look_at = 0.0
            return
        deck = self._consumer_deck
        if job.note == RELAY:
            self._sweeping -= 1
            self._orphans, deck = True, self._relay_deck
        elif result is not None and result[0] == 0:
            self._pause_until[job.note] = time.monotonic() + 0.05
        if job.blow and job.blow.action == "kill" and result is not None:
            deck.put_back(job.blow)

    def _restart_now_and_then(self) -> None:
        due = len(self._told) // EVENTS_A_RESTART
        if self._restarts < due and not self._telling:
            self._ground.crash()
            self._restarts += 1
            self._orphans, self._look_at = True, 0.0

    def _judge(self, figures: Figures) -> None:
        numbers = dict(self._ground.rows(_NUMBERS, self._told))
        published = self._bus.published()
        facts = {str(row[0]) for row in self._ground.rows("select id from event")}
        figures.equal("events", sum(numbers.values()), len(self._told))
        figures.none("lost on the way to the bus", len(facts - set(published)))
        figures.note("published twice", len(published) - len(set(published)))
        figures.note("dead letters redriven", self._redriven)
        self._judge_effects(figures, numbers)
        figures.none("doubled follow-ups", self._ground.rows(_FOLLOW_UPS)[0][0])
        unresolved = "select count(*) from consumer_failure where resolved_at is null"
        figures.none("open failures", self._ground.rows(unresolved)[0][0])

    def _judge_effects(self, figures: Figures, numbers: dict[str, int]) -> None:
        """Of each subscriber as many as there were events of its type, all distinct."""
        completed, studied = numbers["assignment.completed"], numbers["study_session.finished"]
        notices = self._ground.rows(_NOTICES, self._told)[0][0]
        figures.equal("notifications", notices, completed)
        taken = dict(self._ground.rows(_TAKEN, self._told))
        for name in sorted(COMPLETED | STUDIED):
            expected = (name in COMPLETED) * completed + (name in STUDIED) * studied
            figures.equal(name, taken.get(name, 0), expected)
        effects = self._ground.rows(_EFFECTS)
        figures.none("lost effects", 2 * completed + studied - len(effects))
        figures.none("doubled effects", sum(number > 1 for (number,) in effects))
