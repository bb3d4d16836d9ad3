"""The parts of the bench: what each measures, and the budget of every figure."""

import contextlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.build.sizes import artifact_size, layer_size
from tests.bench import cold, effect, plans, relay, warm
from tests.bench.figures import Figure
from tests.bench.ground import PAGE, PAGES, Database, Ground, ground

BUILD = Path(".aws-sam/build")
FEWEST_ROWS = 100_000
PLANS_ROWS = 1_000_000
DEEP = (PAGES + 5) * PAGE
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
Detail = dict[str, Any]


@dataclass
class Part:
    """Figures for the table, and what the plot shows of them."""

    figures: list[Figure]
    detail: Detail = field(default_factory=dict[str, Any])


class Bench:
    """How much is measured, and the databases, each made when it is first needed."""

    def __init__(self, there: Ground, rows: int, thoroughness: float = 1.0) -> None:
        self.ground = there
        self.rows = max(rows, FEWEST_ROWS)
        self._thoroughness = thoroughness
        self._databases: dict[int, Database] = {}

    def rounds(self, number: int) -> int:
        return max(1, round(number * self._thoroughness))

    @property
    def sizes(self) -> list[int]:
        return [size for size in SIZES if size <= self.rows]

    def database(self, rows: int) -> Database:
        if rows not in self._databases:
            deep = DEEP if rows == self.deep_rows else 0
            self._databases[rows] = self.ground.database(rows, deep)
        return self._databases[rows]

    @cached_property
    def deep_rows(self) -> int:
        """The size of the table in which one user's list is long."""
        return max(size for size in self.sizes if size <= PLANS_ROWS)

    @cached_property
    def small(self) -> Database:
        return self.database(SIZES[0])


def cold_starts(bench: Bench) -> Part:
    found = cold.starts(bench.small, bench.rounds(15))
    ours, floor = found["campus"], found["floor"]

    def times(other: str) -> float:
        pairs = zip(ours, found[other], strict=True)
        return statistics.median(a.answer / b.answer for a, b in pairs)

    memory = statistics.median(a.memory / b.memory for a, b in zip(ours, floor, strict=True))
    slow = statistics.median(start.first_slow for start in ours) * 1000
    figures = [
        Figure("cold start, times the floor", times("floor"), "x", 1.25, 1.05),
        Figure("cold start, times powertools", times("powertools"), "x", 0.65, 0.5),
        Figure("cold start, times FastAPI", times("fastapi"), "x", 0.5, 0.42),
        Figure("first call after INIT, 0.29 vCPU", slow, "ms", 25, 10),
        Figure("peak memory after it, times the floor", memory, "x", 1.15, 1.05),
    ]
    seconds = {
        s: statistics.median(start.answer for start in starts) for s, starts in found.items()
    }
    megabytes = {s: statistics.median(x.memory for x in starts) for s, starts in found.items()}
    return Part(figures, {"seconds": seconds, "megabytes": megabytes})


def warm_requests(bench: Bench) -> Part:
    stacks = ("floor", "campus_warm", "powertools", "chalice", "fastapi")
    keys = [(stack, kind) for kind in ("list", "create") for stack in stacks]
    keys += [("campus_warm", kind) for kind in ("old list", "create with a reminder")]
    with warm.workers([(stack, bench.small) for stack in stacks]) as started:
        by_name = {worker.name: worker for worker in started}
        orders = [(by_name[stack], kind) for stack, kind in keys]
        found = dict(zip(keys, warm.turns(orders, bench.rounds(80), "warm"), strict=True))
        ours = by_name["campus_warm"]
        trips: dict[str, int] = ours.ask("round trips")
        publishing = [seconds for seconds in ours.ask("apart") if seconds > 0.00005]
    seconds = {
        kind: {stack: warm.p50(found[stack, kind]) for stack in stacks}
        for kind in ("list", "create")
    }
    return Part(_warm_figures(found, trips, publishing), seconds)


def _warm_figures(
    found: dict[tuple[str, str], list[warm.Seconds]], trips: dict[str, int], publishing: list[float]
) -> list[Figure]:
    def times(kind: str, other: str) -> float:
        return warm.ratio(found["campus_warm", kind], found[other, kind])

    listed = found["campus_warm", "list"]
    slowest = warm.p99(listed) / warm.p99(found["floor", "list"])
    older = (warm.ratio(found["campus_warm", "old list"], listed) - 1) * 100
    after = statistics.median(publishing) * 1000
    reminded = found["campus_warm", "create with a reminder"]
    more = (warm.ratio(reminded, found["campus_warm", "create"]) - 1) * 100
    return [
        Figure("warm list p50, times the floor", times("list", "floor"), "x", 1.4, 1.0),
        Figure("warm list p50, times powertools", times("list", "powertools"), "x", 0.6, 0.42),
        Figure("warm list p99, times the floor's", slowest, "x", 1.5, 1.0),
        Figure("warm create p50, times the floor", times("create", "floor"), "x", 2.0, 1.3),
        Figure("warm create p50, times powertools", times("create", "powertools"), "x", 0.8, 0.5),
        Figure("create with a reminder, more time", more, "%"),
        Figure("publishing after a create's commit, p50", after, "ms"),
        Figure("list in v1 instead of v2, more time", older, "%", 15, 5),
        Figure("round trips of a list", trips["GET v2"], "", 2, 1),
        Figure("round trips of a create", trips["POST v2"], "", 3, 2),
    ]


def sizes(_: Bench) -> Part:
    if not BUILD.is_dir():
        raise RuntimeError("nothing is built: make build")
    folders = [path for path in BUILD.iterdir() if path.is_dir()]
    layers = [layer_size(path) for path in folders if (path / "python").is_dir()]
    artifacts = [artifact_size(path) for path in folders if not (path / "python").is_dir()]
    layer = max(size.budgeted for size in layers) / 1e6
    artifact = max(size.budgeted for size in artifacts) / 1e3
    return Part(
        [
            Figure("dependency layer, unpacked", layer, "MB", 45, 30),
            Figure("largest artifact of a function, its own part", artifact, "KB", 100, 50),
        ]
    )


def long_lists(bench: Bench) -> Part:
    with contextlib.closing(plans.Lists(bench.database(bench.deep_rows))) as lists:
        seconds = lists.seconds(bench.rounds(200))
        touched, pages = lists.buffers(1), lists.buffers(PAGES)
        fewer = lists.buffers_with_foreign_keys_only() / touched
    depth = seconds[PAGES] / seconds[1]
    return Part(
        [
            Figure("page 1,000 and page 1, apart by", max(depth, 1 / depth), "x", 1.2, 1.1),
            Figure("fewer buffers than with foreign keys only", fewer, "x", 10, 40, at_least=True),
        ],
        {"buffers": touched, "buffers of page 1,000": pages},
    )


def growth(bench: Bench) -> Part:
    kinds = ("list", "create")
    databases = [("campus_warm", bench.database(size)) for size in bench.sizes]
    with warm.workers(databases) as started:
        orders = [(worker, kind) for kind in kinds for worker in started]
        found = warm.turns(orders, bench.rounds(80), "growth")
    number = len(bench.sizes)
    batches = {"list": found[:number], "create": found[number:]}
    span = f"10,000 to {bench.sizes[-1]:,} rows"
    figures = [
        Figure(f"{kind} p50 from {span}", warm.ratio(of[-1], of[0]), "x", 1.2, 1.1)
        for kind, of in batches.items()
    ]
    medians = {kind: [warm.p50(each) for each in of] for kind, of in batches.items()}
    return Part(figures, {"rows": bench.sizes, **medians})


def relayed(bench: Bench) -> Part:
    sample = bench.rounds(10) * 500
    alone, crowded = relay.rates(bench.small, sample, 20 * sample)
    return Part(
        [
            Figure(
                "relay, events a second", min(alone, crowded), "/s", 5_000, 10_000, at_least=True
            ),
            Figure("relay, slower with 20 times the backlog", alone / crowded, "x", 1.2, 1.1),
        ]
    )


def effects(bench: Bench) -> Part:
    found = sorted(effect.delays(bench.rounds(90)))
    p90, p99 = (found[int(len(found) * share)] * 1000 for share in (0.9, 0.99))
    return Part(
        [
            Figure("commit to another function's effect, p90", p90, "ms", 100, 50),
            Figure("commit to another function's effect, p99", p99, "ms"),
        ]
    )


PARTS: dict[str, Callable[[Bench], Part]] = {
    "cold": cold_starts,
    "warm": warm_requests,
    "sizes": sizes,
    "lists": long_lists,
    "growth": growth,
    "relay": relayed,
    "effect": effects,
}


@contextlib.contextmanager
def bench(rows: int, thoroughness: float) -> Iterator[Bench]:
    """A bench on a ground of its own."""
    with ground() as there:
        yield Bench(there, rows, thoroughness)
