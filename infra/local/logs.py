"""Readable logs: one line a request on the terminal, the functions' own JSON lines in a file."""

import datetime
import io
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

_COLORS = {"red": "31", "yellow": "33", "green": "32", "dim": "2"}
_KEPT_BYTES = 20_000_000
_SHOWN = (
    "schedule",
    "subscriber",
    "event_type",
    "outcome",
    "error_code",
    "failure_group",
    "sqlstate",
)


def colored(text: str, color: str) -> str:
    """`text` in a color when a person reads it."""
    if not sys.__stdout__ or not sys.__stdout__.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{_COLORS[color]}m{text}\033[0m"


def say(text: str) -> None:
    """A line on the terminal, at once and whole."""
    terminal = sys.__stdout__ or sys.stdout
    terminal.write(f"{colored(f'{datetime.datetime.now():%H:%M:%S}', 'dim')} {text}\n")
    terminal.flush()


def say_request(method: str, target: str, status: int, milliseconds: float, domain: str) -> None:
    """The line of one request."""
    color = "red" if status >= 500 else "yellow" if status >= 400 else "green"
    shown = target if len(target) <= 80 else target[:79] + "…"
    printable = "".join(char if char.isprintable() else "?" for char in shown)
    say(f"{method:<6} {printable} {colored(str(status), color)} {milliseconds:.0f} ms {domain}")


class FunctionOutput(io.TextIOBase):
    """Standard output of the functions: JSON lines go to a file, all other text to the terminal.

    A JSON line of level WARNING or above is shown, shortened, and so is what is no request.
    """

    def __init__(self, terminal: TextIO, file: Path) -> None:
        if file.exists() and file.stat().st_size > _KEPT_BYTES:
            file.replace(file.with_suffix(".old"))
        self._terminal = terminal
        self._file = file.open("a")
        self._partial = threading.local()

    def write(self, text: str) -> int:
        """Take text of any length; lines are recognized when they are complete."""
        whole = getattr(self._partial, "text", "") + text
        if not whole.startswith("{"):
            self._terminal.write(text)
            return len(text)
        *lines, self._partial.text = whole.split("\n")
        for line in lines:
            self._take(line)
        return len(text)

    def flush(self) -> None:
        """Write through what is buffered."""
        self._terminal.flush()
        self._file.flush()

    def isatty(self) -> bool:
        """Whether a person reads it: a debugger asks."""
        return self._terminal.isatty()

    def fileno(self) -> int:
        """The terminal's, for whatever wants to know its size."""
        return self._terminal.fileno()

    def _take(self, line: str) -> None:
        try:
            record = json.loads(line)
        except ValueError:
            self._terminal.write(line + "\n")
            return
        self._file.write(line + "\n")
        self._file.flush()
        level = record.get("level", "INFO")
        if level in ("WARNING", "ERROR", "CRITICAL"):
            say(colored(_shortened(record), "yellow" if level == "WARNING" else "red"))
        elif record.get("message") != "request":
            say(_shortened(record))


def _shortened(record: dict[str, Any]) -> str:
    """What a reader looks for first; the whole line is in the file."""
    fields = " ".join(f"{name}={record[name]}" for name in _SHOWN if record.get(name))
    frames = "".join(f"\n    {frame}" for frame in record.get("frames", ()))
    return f"{record.get('service', '')} {record.get('message', '')} {fields}{frames}"
