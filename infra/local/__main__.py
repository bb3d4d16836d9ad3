"""The local stack's commands: `up` (the default), `seed`, `migrate`, `reset`, `invoke EVENT`."""

import contextlib
import importlib
import json
import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra import migrate
from infra.local import serve, supervisor
from infra.local.demo import with_demo_token
from infra.local.emulator import EmulatorError
from infra.local.environments import FunctionError
from infra.local.options import Options
from infra.local.parts import declared_functions, function_environment, running_parts
from infra.local.postgres_programs import PostgresError
from infra.migrate import MigrationError

USAGE = "usage: python -m infra.local [up | seed | migrate | reset | invoke EVENT]"


def main(arguments: list[str]) -> int:
    """Run one command. Returns the exit status: what a person can mend is told in one line."""
    try:
        return _run(Options.from_environment(), arguments)
    except (MigrationError, PostgresError, EmulatorError) as error:
        print(f"{error}\n(make reset removes the local data and begins anew)", file=sys.stderr)
    except (FunctionError, LookupError, OSError) as error:
        print(error, file=sys.stderr)
    return 1


def _run(options: Options, arguments: list[str]) -> int:
    match arguments:
        case [] | ["up"]:
            return supervisor.up(options)
        case ["seed"]:
            return seed(options)
        case ["migrate"]:
            return apply_migrations(options)
        case ["reset"]:
            return reset(options)
        case ["invoke", event]:
            return invoke(options, Path(event))
        case _:
            print(USAGE, file=sys.stderr)
            return 2


@contextlib.contextmanager
def _parts(options: Options) -> Iterator[bool]:
    """The parts of the running stack, or parts of our own; yields whether a stack is running."""
    lock = options.claim()
    if lock is None:
        yield True
        return
    with running_parts(options):
        yield False


def seed(options: Options) -> int:
    """Load the demo data."""
    with _parts(options):
        os.environ.update(function_environment(options, declared_functions(options)))
        importlib.import_module("infra.local.seed").seed(os.environ["DATABASE_URL"])
    return 0


def apply_migrations(options: Options) -> int:
    """Apply what is pending to the local data."""
    with _parts(options) as running:
        if running:
            migrate.up(options.description()["database_url"])
    print("the schema is current")
    return 0


def reset(options: Options) -> int:
    """Remove all local data."""
    if options.claim() is None:
        print("Stop the running stack first.", file=sys.stderr)
        return 1
    shutil.rmtree(options.data)
    print("the local data are gone; make up begins anew")
    return 0


def invoke(options: Options, file: Path) -> int:
    """Run the function that the event's folder names (events/samples/<function>/...) once, as the
    demo account where a sample has a place for a token."""
    event = json.loads(file.read_text())
    domain = file.resolve().parent.name
    with _parts(options) as running:
        run = _invoke_running if running else serve.invoke_once
        answer = run(options, domain, with_demo_token(event, options.description()))
    print(json.dumps(answer, indent=2))
    return 0


def _invoke_running(options: Options, domain: str, event: Any) -> Any:
    port = options.description()["port"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/_local/functions/{domain}", data=json.dumps(event).encode()
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (our own stack)
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise FunctionError(json.load(error)["error"]) from error


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
