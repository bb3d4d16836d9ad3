"""A subscriber that fails on one event: that event alone goes to its function's dead letters,
everything else has its effect; sent back after the repair it has its effect once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from shared import aws
from tests.chaos.bus import MOST_RECEIVES, Bus
from tests.chaos.crew import Crew
from tests.chaos.figures import Figures, patiently
from tests.chaos.ground import Ground
from tests.chaos.reactions import COMPLETED, HANDLERS, consume, sweep, tell

EVENTS = 20
FUNCTION, BROKEN = "notifications", "tell_of_completed_assignment"
OTHERS = COMPLETED - {f"{FUNCTION}.{BROKEN}"}


class DeadLetters:
    """The trial. The bus neither doubles nor refuses here, so that every receive is counted."""

    def __init__(self, ground: Ground, bus: Bus) -> None:
        self._ground = ground
        self._bus = replace(bus, doubled=0.0, refused=0.0)

    def run(self) -> Figures:
        figures = Figures("dead letters")
        aws._clients["events"] = self._bus
        crew = self._crew()
        told = crew.do(tell, self._ground.people(EVENTS))
        crew.dismiss()
        poison = told[EVENTS // 2]
        with _broken(poison):
            self._deliver()
        self._judge_failure(figures, told, poison)
        redriven = self._bus.redrive(FUNCTION)
        self._deliver()
        self._judge_repair(figures, told, poison, redriven)
        return figures.finish()

    def _crew(self) -> Crew:
        return Crew(1, self._ground.directory / "workers.log")

    def _deliver(self) -> None:
        """By a worker that is deployed now: it has the subscribers of this moment."""
        crew = self._crew()
        crew.do(sweep)
        for _ in patiently():
            for queue in HANDLERS:
                crew.do(consume, self._bus, queue)
            if not self._bus.waiting():
                break
        crew.dismiss()

    def _judge_failure(self, figures: Figures, told: list[UUID], poison: UUID) -> None:
        dead = self._bus.dead_letters()
        figures.equal("dead letters", len(dead), 1)
        if dead != [(FUNCTION, str(poison), MOST_RECEIVES)]:
            figures.faults.append(f"dead letters: {dead} instead of the one of {poison}")
        taken = self._taken(told)
        figures.equal(
            "effects of others", sum(taken.get(name, 0) for name in OTHERS), len(OTHERS) * EVENTS
        )
        figures.equal("effects of the broken one", taken.get(f"{FUNCTION}.{BROKEN}", 0), EVENTS - 1)
        failures = self._ground.rows(
            "select subscriber, attempts from consumer_failure"
            " where event_id = any(%s) and resolved_at is null",
            told,
        )
        if failures != [(f"{FUNCTION}.{BROKEN}", MOST_RECEIVES)]:
            figures.faults.append(f"dead letters: failures noted are {failures}")

    def _judge_repair(
        self, figures: Figures, told: list[UUID], poison: UUID, redriven: int
    ) -> None:
        figures.equal("redriven", redriven, 1)
        figures.none("dead letters after the repair", len(self._bus.dead_letters()))
        counts = self._ground.rows(
            """select (select count(*) from notification where cause_id = %s),
                      (select count(*) from chaos_effect where event_id = %s),
                      (select count(*) from consumer_failure
                        where event_id = %s and resolved_at is null)""",
            *[poison] * 3,
        )[0]
        figures.equal("its effect", counts[0], 1)
        figures.equal("effects of others on it", counts[1], len(HANDLERS))
        figures.none("open failures", counts[2])
        figures.equal("effects", sum(self._taken(told).values()), len(COMPLETED) * EVENTS)

    def _taken(self, told: list[UUID]) -> dict[str, int]:
        counted = (
            "select subscriber, count(*) from inbox where event_id = any(%s) group by subscriber"
        )
        return dict(self._ground.rows(counted, told))


@contextmanager
def _broken(poison: UUID) -> Iterator[None]:
    """A release of the function in which one subscriber cannot take one event."""
    subscribers: list[Any] = HANDLERS[FUNCTION].queue.subscribers.subscribers
    place = next(n for n, one in enumerate(subscribers) if one.name == BROKEN)
    sound = subscribers[place]

    def function(event: Any, context: Any) -> None:
        sound.function(event, context)
        if context.event_id == poison:
            raise ValueError("a bug that comes after the effect")

    subscribers[place] = sound._replace(function=function)
    try:
        yield
    finally:
        subscribers[place] = sound
