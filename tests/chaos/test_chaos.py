"""`make chaos` in its small form, and without the guards that it is there to prove."""

import os
import re
import subprocess
import sys

from tests.campus import ROOT

SECONDS_AT_MOST = 300


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, for it forks, which a process with threads should not."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS_AT_MOST,
    )


def test_500_kills_lose_nothing_and_double_nothing():
    done = run("tests.chaos", "500", "--events", "300")
    assert done.returncode == 0, done.stdout + done.stderr
    kills = [int(number) for number in re.findall(r"^\w+: kills (\d+)", done.stdout, re.MULTILINE)]
    assert len(kills) == 2
    assert sum(kills) >= 500
    assert re.search(r"^chaos: held \(seed \d+\)$", done.stdout, re.MULTILINE)


def test_without_the_guards_the_same_trials_fall_short():
    done = run(
        "tests.chaos.sabotage", "40", "--events", "60", "--only", "creates", "events", "--seed", "1"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    for promise in (
        "creates: doubled",
        "creates: mismatching replays",
        "events: doubled effects",
        "events: lost on the way to the bus",
        "events: lost effects",
    ):
        assert f"SHORT {promise} is " in done.stdout, done.stdout
