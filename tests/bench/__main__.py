"""`python -m tests.bench`: every measure of the performance budgets, beside other stacks.

The exit status is 1 when a figure is beyond its budget. docs/performance.md and its plot are
written when no part is missing: parts that were not asked for keep their last figures.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import page
from tests.bench.figures import Figure, beyond, table
from tests.bench.measures import PARTS, Bench, Part, bench

KEPT = Path("build/bench.json")


def main() -> int:
    options = _options()
    with bench(options.rows, options.thoroughness) as there:
        measured: dict[str, Part] = {}
        for name in options.only:  # each is kept at once: the next one may fail
            measured[name] = _measure(name, there)
            _keep({**_kept(), **measured})
    parts = _kept()
    if not PARTS.keys() - parts.keys():
        page.write({name: parts[name] for name in PARTS})
    return report([figure for part in measured.values() for figure in part.figures])


def report(figures: list[Figure]) -> int:
    """Print the table; the exit status."""
    sys.stdout.write(f"\n{table(figures)}\n\n")
    short = beyond(figures)
    for measure in short:
        sys.stdout.write(f"BEYOND THE BUDGET: {measure}\n")
    sys.stdout.write(f"bench: {'short' if short else 'within every budget'}\n")
    return 1 if short else 0


def _measure(name: str, there: Bench) -> Part:
    number = f"{list(PARTS).index(name) + 1}/{len(PARTS)}"
    sys.stderr.write(f"bench {number}: {name}\n")
    began = time.monotonic()
    part = PARTS[name](there)
    sys.stderr.write(f"bench {number}: {name}, {time.monotonic() - began:.0f} s\n")
    return part


def _kept() -> dict[str, Part]:
    if not KEPT.exists():
        return {}
    kept: dict[str, Any] = json.loads(KEPT.read_text())
    return {
        name: Part([Figure(**figure) for figure in part["figures"]], part["detail"])
        for name, part in kept.items()
    }


def _keep(parts: dict[str, Part]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({name: asdict(part) for name, part in parts.items()}, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the largest table")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--thoroughness", type=float, default=1.0, help="times the usual rounds")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
