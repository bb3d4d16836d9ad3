"""`python -m tests.chaos 10000 --seed 7`: what is promised under kill -9, tried and counted.

The seed repeats who is hit, where and after how long; what the operating system makes of it differs
from run to run.
"""

import argparse
import re
import secrets
import sys
from collections import Counter
from typing import Any

from shared import aws
from tests.chaos.bus import Bus
from tests.chaos.creates import Creates
from tests.chaos.dead_letters import DeadLetters
from tests.chaos.events import Events
from tests.chaos.ground import Ground, ground
from tests.chaos.outages import Outages
from tests.chaos.reactions import prepare, subscriptions

TRIALS = ("creates", "events", "outages", "dead-letters")
SHARE_OF_EVENTS = 0.15


def main() -> int:
    options = _options()
    _say(f"chaos: seed {options.seed}")
    faults: list[str] = []
    with ground() as there:
        prepare(there)
        bus = Bus(there.directory / "bus.sqlite", subscriptions())
        bus.create()
        aws._clients["events"] = bus  # workers are forked with it
        for name in options.only:
            figures = _trial(name, there, bus, options).run()
            _say(figures)
            faults += figures.faults
        if faults:
            _say(_failures(there))
    for fault in faults:
        _say(f"SHORT {fault}")
    _say(f"chaos: {'short' if faults else 'held'} (seed {options.seed})")
    return 1 if faults else 0


def _say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _trial(name: str, there: Ground, bus: Bus, options: argparse.Namespace) -> Any:
    kills, seed = options.kills, options.seed
    if name == "creates":
        return Creates(there, bus, round(kills * (1 - SHARE_OF_EVENTS)), seed)
    if name == "events":
        events = options.events or 6 * kills
        return Events(there, bus, round(kills * SHARE_OF_EVENTS), events, seed)
    return Outages(there, bus, kills, seed) if name == "outages" else DeadLetters(there, bus)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("kills", nargs="?", type=int, default=10_000)
    parser.add_argument("--events", type=int, help="how many are told (6 a kill)")
    parser.add_argument("--seed", default=str(secrets.randbelow(1_000_000)))
    parser.add_argument("--only", nargs="+", choices=TRIALS, default=TRIALS)
    return parser.parse_args()


def _failures(there: Ground) -> str:
    """What workers complained of, for whoever has to find the cause."""
    log = (there.directory / "workers.log").read_text()
    groups = Counter(re.findall(r'"(?:failure_group|error_code)":"([^"]+)"', log))
    plain = [line for line in log.splitlines() if line and not line.startswith(("{", "error ig"))]
    return "\n".join([f"  {number} x {group}" for group, number in groups.items()] + plain[-20:])


if __name__ == "__main__":
    sys.exit(main())
