"""What a trial counted, and what of it falls short."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Counts in the order of their telling; `faults` is empty when the promise held."""

    title: str
    counts: dict[str, int | float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    def note(self, name: str, value: int | float) -> None:
        """A figure that may be anything."""
        self.counts[name] = value

    def none(self, name: str, value: int) -> None:
        """A figure that has to be 0."""
        self.equal(name, value, 0)

    def equal(self, name: str, value: int, expected: int) -> None:
        """A figure of which only one value is right."""
        self.counts[name] = value
        if value != expected:
            self.faults.append(f"{self.title}: {name} is {value}, not {expected}")

    def least(self, name: str, value: int, bound: int) -> None:
        """A figure that shows whether enough was tried."""
        self.counts[name] = value
        if value < bound:
            self.faults.append(f"{self.title}: {name} is {value}, less than {bound}")

    def killed_at(self, places: Counter[str], named: list[str]) -> None:
        """Where the kills hit; each named step has to be among them."""
        self.places = places
        self.none("steps without a kill", len(set(named) - set(places)))

    def finish(self) -> "Figures":
        """The trial is over: its seconds are the last figure."""
        self.counts["seconds"] = round(time.monotonic() - self.started, 1)
        return self

    def __str__(self) -> str:
        lines = [f"{self.title}: " + " · ".join(f"{k} {v}" for k, v in self.counts.items())]
        if self.places:
            kills = ", ".join(f"{place} {number}" for place, number in sorted(self.places.items()))
            lines.append(f"  kills at: {kills}")
        return "\n".join(lines)


def patiently(seconds: float = 60) -> Iterator[None]:
    """Turns of a loop that has to end soon."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
    raise TimeoutError(f"not over in {seconds} s")


class Progress:
    """A line every five seconds, for whoever waits."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._next = time.monotonic() + 5

    def show(self, done: int, all_of_it: int, unit: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 5
            sys.stderr.write(f"  {self._title}: {done} of {all_of_it} {unit}\n")
