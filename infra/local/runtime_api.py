"""A stand-in of Lambda's Runtime API, and a process that runs AWS's own client of it.

One process is one execution environment: it asks for an invocation, answers it, asks again.
"""

import json
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_PREFIX = "/2018-06-01/runtime/"
_ENDED = "the process of the function ended"


class InvocationError(RuntimeError):
    """The handler raised, the function could not be loaded, or its process ended."""


@dataclass(frozen=True)
class Invocation:
    """An event on its way to the handler; `deadline` in seconds since the epoch."""

    event: Any
    arn: str
    deadline: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def headers(self) -> dict[str, str]:
        """What the Runtime API tells beside the event."""
        root = f"1-{int(time.time()):08x}-{self.id.replace('-', '')[:24]}"
        return {
            "Lambda-Runtime-Aws-Request-Id": self.id,
            "Lambda-Runtime-Deadline-Ms": str(int(self.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.arn,
            "Lambda-Runtime-Trace-Id": f"Root={root};Parent={root[-16:]};Sampled=0",
        }


class RuntimeApi(ThreadingHTTPServer):
    """The three endpoints, for one process. Answers arrive as (succeeded, document)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoints)
        self.invocations: queue.Queue[Invocation | None] = queue.Queue()
        self.answers: queue.Queue[tuple[bool, Any]] = queue.Queue()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API says."""
        return f"127.0.0.1:{self.server_port}"


class _Endpoints(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits 40 ms for an acknowledgement
    server: RuntimeApi  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        invocation = self.server.invocations.get()
        if invocation is None:
            self.close_connection = True
            return
        self._answer(200, json.dumps(invocation.event).encode(), invocation.headers())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        succeeded = self.path.endswith("/response") and self.path.startswith(_PREFIX)
        self.server.answers.put((succeeded, json.loads(body or b"null")))
        self._answer(202, b'{"status":"OK"}', {})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The functions write the log."""


class RuntimeProcess:
    """An execution environment: AWS's runtime interface client with an artifact and a layer."""

    def __init__(self, command: list[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._api = RuntimeApi()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**variables, "AWS_LAMBDA_RUNTIME_API": self._api.address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._follow, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it can be invoked."""
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> Any:
        """The handler's answer. Raises InvocationError, or TimeoutError and then ends it."""
        self._api.invocations.put(invocation)
        seconds = max(0.0, invocation.deadline - time.time())
        try:
            succeeded, document = self._api.answers.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            raise TimeoutError(f"no answer after {seconds:.0f} s") from None
        if not succeeded:
            raise InvocationError(f"{document.get('errorType')}: {document.get('errorMessage')}")
        return document

    def stop(self) -> None:
        """End it at once, as Lambda does."""
        self._process.kill()
        self._process.wait()
        self._api.invocations.put(None)
        self._api.shutdown()
        self._api.server_close()

    def _follow(self) -> None:
        """Hand on what the function writes; its end answers whoever waits."""
        assert self._process.stdout
        for line in self._process.stdout:
            sys.stdout.write(line)
        self._api.answers.put((False, {"errorType": "Runtime.ExitError", "errorMessage": _ENDED}))
