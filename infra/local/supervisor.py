"""`make up`: keeps database, emulator and listening socket, and the serving process above them.

An edit starts a second serving process on the same socket. When it can load what the first one
could, the first ends; else the second does, and its error is shown until an edit mends it.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local import demo, serve
from infra.local.emulator import EmulatorError
from infra.local.logs import colored, say
from infra.local.options import ROOT, Options
from infra.local.parts import TEMPLATE, Parts, running_parts

WATCHED = ("functions", "shared", "events")
SUFFIXES = (".py", ".sql")
LOOK_SECONDS = 0.25
LOAD_SECONDS = 30


class Serving:
    """A serving process and what it could not load."""

    def __init__(self, options: Options, listener: socket.socket, emptied: bool) -> None:
        ready, ready_inside = os.pipe()
        lifeline_inside, self._lifeline = os.pipe()
        descriptors = (listener.fileno(), ready_inside, lifeline_inside)
        names = (serve.LISTENER, serve.READY, serve.LIFELINE)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.serve"],
            cwd=ROOT,
            env=os.environ
            | {"PORT": str(options.port), "CAMPUS_DATA": str(options.data)}
            | {serve.EMPTIED: "yes" if emptied else "no"}
            | {name: str(number) for name, number in zip(names, descriptors, strict=True)},
            pass_fds=descriptors,
        )
        os.close(ready_inside)
        os.close(lifeline_inside)
        self.broken = _read_report(ready)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Let it finish what it is doing."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._lifeline)


def _read_report(ready: int) -> dict[str, str] | None:
    """Domain to error of what could not be loaded; None when the process did not come up."""
    with open(ready) as report:
        if not select.select([report], [], [], LOAD_SECONDS)[0]:
            return None
        line = report.readline()
    return json.loads(line)["broken"] if line else None


def up(options: Options) -> int:
    """Run the stack until it is interrupted. Returns the exit status."""
    lock = options.claim()
    if lock is None:
        print(f"A stack runs on {options.data} already. Stop it, or set CAMPUS_DATA and PORT.")
        return 1
    try:
        listener = socket.create_server(("127.0.0.1", options.port), backlog=128)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        print(f"Port {options.port} cannot be used ({reason}). Set PORT to another one.")
        return 1
    chosen = Options(listener.getsockname()[1], options.data)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with contextlib.suppress(KeyboardInterrupt), running_parts(chosen) as parts:
        _serve(parts, listener)
    print("stopped; the data are kept (make reset clears them)")
    return 0


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _serve(parts: Parts, listener: socket.socket) -> None:
    snapshot = _snapshot()
    with _stopping(Serving(parts.options, listener, emptied=True)) as held:
        _show_broken(held[0].broken)
        demo.welcome(parts)
        while True:
            time.sleep(LOOK_SECONDS)
            if parts.emulator.process.poll() is not None:
                raise EmulatorError("the AWS emulator ended: see emulator/emulator.log")
            current = _snapshot()
            if current != snapshot or not held[0].alive:
                _replace(parts, listener, held, _changes(snapshot, current))
                snapshot = current


@contextlib.contextmanager
def _stopping(serving: Serving) -> Iterator[list[Serving]]:
    """A box for the current serving process, which is stopped when the block ends."""
    held = [serving]
    try:
        yield held
    finally:
        held[0].stop()


def _replace(
    parts: Parts, listener: socket.socket, held: list[Serving], changed: list[str]
) -> None:
    old = held[0]
    started = time.monotonic()
    if str(TEMPLATE) in changed or not old.alive:
        parts.provision()
    new = Serving(parts.options, listener, emptied=not old.alive)
    worse = new.broken is None or not set(new.broken) <= set(old.broken or ())
    if new.broken != old.broken:
        _show_broken(new.broken)
    if worse and old.alive:
        new.stop()
        say(colored("the edit does not load: the code from before it still serves", "red"))
        return
    held[0] = new
    names = ", ".join(Path(name).name for name in changed) or "the serving process ended"
    say(f"reloaded in {time.monotonic() - started:.1f} s ({names})")
    old.stop()


def _show_broken(broken: dict[str, str] | None) -> None:
    for domain, error in (broken or {}).items():
        say(colored(f"{domain} cannot be loaded\n{error}", "red"))


def _snapshot() -> dict[str, int]:
    """Every watched file with the time of its last change."""
    files = [TEMPLATE]
    for folder in WATCHED:
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    found: dict[str, int] = {}
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            found[str(file)] = file.stat().st_mtime_ns
    return found


def _changes(before: dict[str, int], after: dict[str, int]) -> list[str]:
    names = before.keys() | after.keys()
    return sorted(name for name in names if before.get(name) != after.get(name))
