"""Which tests reach which guards."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage

from tests.mutants.guards import ROOT, Guard

PLACES = ("shared", "functions", "infra/local", "tests/shared")
REST = 60


@dataclass
class Reach:
    """Lines by the tests that run them, and how long each passing test takes."""

    lines: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, file: str, outcomes: Iterable[dict[str, Any]]) -> "Reach":
        """From coverage data whose contexts are tests."""
        data = coverage.CoverageData(file)
        data.read()
        found = cls(seconds={o["test"]: o["seconds"] for o in outcomes if o["passed"]})
        for path in data.measured_files():
            name = str(Path(path).relative_to(ROOT))
            for line, tests in data.contexts_by_lineno(path).items():
                found.lines[name, line] = set(tests) & found.seconds.keys()
        return found

    def tests(self, guard: Guard, others: Sequence[Guard]) -> list[str]:
        """The tests that reach a guard. First those that some guard beside it holds up, which are
        likely to be about it; each time the fastest first, and of the rest no more than `REST`."""
        places = [(guard.path, line) for line in guard.reached] or list(_uses(guard.statement))
        reaching = self._reaching(places)
        beside = [other for other in others if other.path == guard.path]
        near = [other for other in beside if other.scope == guard.scope]
        found: dict[str, None] = {}
        for group in (near, beside):
            about = reaching & self._reaching((g.path, n) for g in group for n in g.reached[-1:])
            found |= dict.fromkeys(sorted(about, key=self._time))
        rest = sorted(reaching - found.keys(), key=self._time)
        return [*found, *rest[:REST]]

    def _reaching(self, places: Iterable[tuple[str, int]]) -> set[str]:
        return set().union(*(self.lines.get(place, set()) for place in places))

    def _time(self, test: str) -> float:
        return self.seconds[test]


def _uses(statement: str) -> Iterable[tuple[str, int]]:
    """The lines that name a SQL statement."""
    for folder in PLACES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if re.search(rf"\b{statement}\b", line):
                    yield str(path.relative_to(ROOT)), number
