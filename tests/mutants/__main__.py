"""Try what every guard of shared/ is good for: each is removed once, and a test has to fail.

The test that docs/guards.md names comes first; for a guard without one that fails, the tests that
reach it are found and tried. Writes what it found to docs/guards.md. Exit status 1 when a guard
survives all of them.
"""

import argparse
import os
import sys
import tempfile

import pytest

from tests.mutants.guards import find_guards
from tests.mutants.listed import read, write
from tests.mutants.run import Run, say
from tests.postgres import SERVER_URL

TESTS = [
    *("tests/shared", "tests/functions", "tests/proofs", "tests/events"),
    *("tests/infra/openapi", "tests/infra/local/test_recovery.py"),
]


def main(arguments: list[str]) -> int:
    """Run. Returns the exit status."""
    chosen = _parser().parse_args(arguments)
    every, known = find_guards(), read()
    guards = [
        guard
        for guard in every
        if (not chosen.text or any(text in "\t".join(guard.key) for text in chosen.text))
        and not (chosen.new and known.get(guard.key))
    ]
    named = list(dict.fromkeys(known[g.key] for g in guards if known.get(g.key)))
    tests = chosen.tests or (named if chosen.known else TESTS)
    run = Run(guards, known, search=not chosen.known, borrowed=SERVER_URL in os.environ)
    with tempfile.TemporaryDirectory() as directory:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = directory  # what fails here is no news
        pytest.main(["-s", "-p", "no:cacheprovider", *tests], [run])
    survivors = [trial.guard for trial in run.trials if not trial.test]
    say(f"{len(run.trials)} of {len(guards)} guards tried: {len(survivors)} that no test needs")
    for guard in survivors:
        say(f"  {guard.path}:{guard.line} {guard.scope}: {guard.text}")
    if not chosen.known:
        write(every, known | {trial.guard.key: trial.test for trial in run.trials})
    return 1 if survivors or len(run.trials) < len(guards) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("text", nargs="*", help="part of a guard's file, place or text; else all")
    parser.add_argument("--new", action="store_true", help="only guards without a test so far")
    parser.add_argument("--known", action="store_true", help="try the named tests only; no writing")
    parser.add_argument("--tests", action="append", help="look for tests here only")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
