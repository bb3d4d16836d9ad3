"""A function takes of psycopg what it uses, and the rest is there for who asks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.driver import OperationalError, connect
from shared.late import put_off
from tests.campus import ROOT

UNUSED = (
    "asyncio.base_events",
    "ctypes.util",
    "email",
    "importlib.metadata",
    "psycopg.connection",
    "psycopg.connection_async",
    "subprocess",
)


def run(code: str) -> str:
    """What a new process prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_nobody_uses_is_not_started():
    code = f"""import shared.database, sys
print([name for name in {UNUSED} if "__file__" in vars(sys.modules.get(name, sys))
       and type(sys.modules[name]).__name__ == "module"])"""
    assert run(code) == "[]"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import asyncio; print(asyncio.run(asyncio.sleep(0, 'done')))", "done"),
        ("from asyncio import *; print(run(sleep(0, 'done')))", "done"),
        ("import ctypes.util; print(callable(ctypes.util.find_library))", "True"),
        ("import psycopg; print(psycopg.connect.__name__)", "connect"),
        ("from psycopg import sql; print(sql.SQL('x').as_string())", "x"),
        (
            "import psycopg; print(psycopg.OperationalError is shared.driver.OperationalError)",
            "True",
        ),
        ("import psycopg; print(psycopg.__version__ > '3')", "True"),
        ("import psycopg, asyncio; print(psycopg.AsyncConnection.__name__)", "AsyncConnection"),
    ],
)
def test_what_somebody_asks_for_is_there_all_the_same(code: str, told: str):
    assert run(f"import shared.driver\n{code}") == told
    assert run(f"{code.split(';')[0]}\nimport shared.driver\n{code}") == told


def test_a_package_that_is_put_off_starts_when_it_is_asked_for_more_than_its_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "campus_probe"
    package.mkdir()
    (package / "__init__.py").write_text("STARTED = True\n")
    (package / "part.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    late = put_off("campus_probe")
    try:
        from campus_probe import part

        assert (part.VALUE, "STARTED" in vars(late)) == (1, False)
        assert late.STARTED
        with pytest.raises(AttributeError):
            _ = late.nothing
    finally:
        for name in ("campus_probe.part", "campus_probe"):
            sys.modules.pop(name, None)


def test_what_is_not_installed_cannot_be_put_off():
    with pytest.raises(ModuleNotFoundError):
        put_off("campus_nowhere")


def test_a_server_that_is_not_there_is_an_operational_error():
    with pytest.raises(OperationalError, match=r"^connection to server"):
        connect("host=127.0.0.1 port=1 dbname=campus")


def test_a_program_with_all_of_psycopg_finds_the_same_errors():
    code = "import psycopg, shared.driver; print(psycopg.Error is shared.driver.Error)"
    assert run(code) == "True"
