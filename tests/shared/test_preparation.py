"""What a function does before its first request, while Lambda gives it a whole processor."""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from shared import identity
from shared.database import database
from shared.function import function
from shared.routing import Routes
from tests.campus import ROOT


@pytest.fixture
def in_init(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "campus-test")
    monkeypatch.setattr(identity, "_keys", identity._KeySet())
    yield
    gc.unfreeze()


def routes(**options: Any) -> Routes:
    found = Routes("/things", tag="things", **options)

    @found.get("")
    def list_things(request: Any) -> None:
        """List things."""

    return found


def prepared(*groups: Routes) -> tuple[bool, bool]:
    """Whether a new environment is connected, and knows the pool's keys, when INIT has ended."""
    seen: list[tuple[bool, bool]] = []

    def init() -> None:
        function("things", routes=groups)
        held = database("app")
        seen.append((held.backend_pid is not None, bool(identity._keys._keys)))
        held.drop()

    thread = threading.Thread(target=init)  # a thread stands for an environment
    thread.start()
    thread.join()
    return seen[0]


@pytest.mark.usefixtures("in_init")
def test_a_function_for_users_is_connected_and_knows_the_keys():
    assert prepared(routes()) == (True, True)


@pytest.mark.usefixtures("in_init")
def test_a_function_that_only_staff_calls_waits_for_nobody():
    assert prepared(routes(roles=("admin",))) == (False, False)


@pytest.mark.usefixtures("in_init")
def test_a_database_that_is_down_leaves_it_to_the_request(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/campus")
    assert prepared(routes()) == (False, True)


def test_garbage_is_looked_for_again_when_init_is_over_and_not_before():
    code = """
import gc, functions
during = gc.isenabled()
import functions.health.handler
print(during, gc.isenabled(), gc.get_freeze_count() > 10_000)"""
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT), **extra},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for extra in ({"AWS_LAMBDA_FUNCTION_NAME": "campus-test"}, {})
    ]
    assert found == [["False", "True", "True"], ["True", "True", "False"]]


def test_outside_of_lambda_nothing_is_done():
    assert prepared(routes()) == (False, bool(identity._keys._keys))
