"""Figures with their budgets, and the one table of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("measure", "figure", "budget", "aim", "verdict")


@dataclass(frozen=True)
class Figure:
    """What a measure found. Beyond its budget it fails the run; without one it is only told.

    `at_least` says that more is better.
    """

    measure: str
    value: float
    unit: str
    budget: float | None = None
    aim: float | None = None
    at_least: bool = False

    @property
    def is_beyond(self) -> bool:
        return self.budget is not None and not self._reaches(self.budget)

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return "told"
        if self.is_beyond:
            return "BEYOND THE BUDGET"
        return "reaches the aim" if self._reaches(self.aim) else "within the budget"

    @property
    def cells(self) -> tuple[str, ...]:
        """The figure's row of the table."""
        sign = ">=" if self.at_least else "<="
        bounds = [
            "" if bound is None else f"{sign} {_number(bound)} {self.unit}".rstrip()
            for bound in (self.budget, self.aim)
        ]
        return self.measure, f"{_number(self.value)} {self.unit}".rstrip(), *bounds, self.verdict

    def _reaches(self, bound: float | None) -> bool:
        if bound is None:
            return True
        return self.value >= bound if self.at_least else self.value <= bound


def _number(value: float) -> str:
    """Three digits that count, and thousands apart."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def table(figures: Iterable[Figure]) -> str:
    """For a terminal."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def markdown(figures: Iterable[Figure]) -> str:
    """For the documentation."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(figure.cells for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def beyond(figures: Sequence[Figure]) -> list[str]:
    """The measures that fail the run."""
    return [figure.measure for figure in figures if figure.is_beyond]
