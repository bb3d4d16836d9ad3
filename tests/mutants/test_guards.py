"""The list of guards is whole, and what it says is so: the small form of `make mutants`."""

import subprocess
import sys

from tests.mutants.guards import ROOT, find_guards, without
from tests.mutants.listed import read
from tests.mutants.sql_guards import conditions

SAMPLE = ("claims.get('iss') == issuer", ">= _CACHE_SIZE", "e.occurred_at > ")


def test_every_guard_is_listed_and_no_other():
    guards = {guard.key for guard in find_guards()}
    assert len(guards) > 150
    assert read().keys() == guards, "run `make mutants`"


def test_every_raise_is_a_guard():
    lines = {
        (str(path.relative_to(ROOT)), number)
        for path in (ROOT / "shared").glob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.strip().startswith("raise") and "AssertionError" not in line
    }
    found = {(guard.path, line) for guard in find_guards() for line in guard.reached}
    assert lines - found == set()


def test_a_module_without_a_guard_is_another_one():
    for guard in find_guards()[::8]:
        if guard.path.endswith(".py"):
            compile(without(guard), guard.path, "exec")


def test_the_conditions_of_a_statement():
    text = "update a set b = 1 where c = (select 1 from d where e) and f\n on conflict do nothing"
    assert dict(conditions(text)) == {
        "c = (select 1 from d where e)": text.replace("c = (select 1 from d where e)", "true"),
        "f": text.replace("and f", "and true"),
        "e": text.replace("where e", "where true"),
        "on conflict do nothing": text.replace("on conflict do nothing", ""),
    }


def test_removed_guards_are_missed():
    command = [sys.executable, "-m", "tests.mutants", "--known", *SAMPLE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(SAMPLE)} of {len(SAMPLE)} guards tried: 0 that no test needs" in done.stdout
