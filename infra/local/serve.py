"""The serving process: gateway, event sources and clock around the handlers.

Started by supervisor.py, which hands over the listening socket, and replaced by it after an edit:
the new process reports what it could load and starts to serve, then the old one ends.
"""

import datetime
import json
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.local import built, console, emulator, environments, recovery
from infra.local.environments import Environments, FunctionError
from infra.local.functions import Function
from infra.local.gateway import (
    MAX_PAYLOAD,
    Call,
    Reply,
    Router,
    decoded_path,
    problem,
    to_event,
    to_reply,
)
from infra.local.http_server import Server
from infra.local.logs import FunctionOutput, say, say_request
from infra.local.options import Options
from infra.local.parts import declared_functions, function_environment
from infra.local.queues import Poller
from infra.local.requests_seen import RequestsSeen
from infra.local.schedules import Clock

LISTENER, READY, LIFELINE = "CAMPUS_LISTENER", "CAMPUS_READY", "CAMPUS_LIFELINE"
EMPTIED = "CAMPUS_QUEUES_EMPTIED"


class Stack:
    """Everything that runs in this process."""

    def __init__(self, options: Options) -> None:
        functions = declared_functions(options)
        os.environ.update(function_environment(options, functions))
        self.options = options
        self.description = options.description()
        self.environments = _environments(options, functions)
        self.router = Router(functions)
        self.seen = RequestsSeen()
        self.clock = Clock(self.environments.values())
        self.sqs = emulator.client("sqs", self.description["endpoint"])
        self.pollers = [
            self._poller(each, source.queue, source.batch_size)
            for each in self.environments.values()
            for source in each.function.sources
        ]
        self._console = console.Console(self)

    def _poller(self, each: Environments, queue: str, batch_size: int) -> Poller:
        values = self.description["values"]
        return Poller(self.sqs, values[queue], values[f"{queue}.Arn"], batch_size, each)

    def answer(self, call: Call) -> Reply:
        """The reply to a call: the console's below /_local/, a function's everywhere else."""
        path = decoded_path(call.target)
        if path.startswith("/_local"):
            return self._console.answer(call, path)
        if path == "/" and call.method in ("GET", "HEAD"):
            return Reply(302, [("location", "/docs")])  # what a person at this machine looks for
        came, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
        domain, reply = self._invoke(call, path)
        milliseconds = (time.perf_counter() - started) * 1000
        self.seen.add(call, reply, domain, came, milliseconds)
        say_request(call.method, call.target, reply.status, milliseconds, domain)
        return reply

    def _invoke(self, call: Call, path: str) -> tuple[str, Reply]:
        match = self.router.match(call.method, path)
        if match is None:
            return "", problem(404)
        event = to_event(call, match)
        domain = match.function.domain
        if len(event.get("body", "")) > MAX_PAYLOAD:
            return domain, problem(413)
        try:
            return domain, to_reply(self.environments[domain].invoke(event))
        except FunctionError as error:
            environments.show(error)
            return domain, problem(503 if isinstance(error.__cause__, TimeoutError) else 500)

    def start(self) -> None:
        """Begin to read queues and to watch the clock."""
        for poller in self.pollers:
            poller.start()
        self.clock.start()

    def stop(self) -> None:
        """Finish what is at work and take nothing new."""
        self.clock.stop()
        with ThreadPoolExecutor() as together:
            list(together.map(Poller.stop, self.pollers))
        for each in self.environments.values():
            each.stop()


def _environments(options: Options, functions: list[Function]) -> dict[str, Environments]:
    """Threads that run the handlers from their source, or processes with built artifacts."""
    artifacts = os.environ.get(built.ARTIFACTS)
    if artifacts:
        return built.load(functions, options, Path(artifacts))
    return environments.load(functions)


def main() -> None:
    """Serve until told to stop, or until the supervisor is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to handle
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    options = Options.from_environment()
    sys.stdout = FunctionOutput(sys.stdout, options.data / "functions.log")
    stack = Stack(options)
    broken = {name: each.error for name, each in stack.environments.items() if each.error}
    server = Server(socket.socket(fileno=int(os.environ[LISTENER])), stack.answer)
    _report(broken)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    recovery.recover(stack, emptied=os.environ[EMPTIED] == "yes")
    stack.start()
    stopping.wait()
    server.shutdown()
    stack.stop()
    sys.stdout.flush()


def _report(broken: dict[str, str]) -> None:
    with open(int(os.environ[READY]), "w") as supervisor:
        json.dump({"broken": broken}, supervisor)
        supervisor.write("\n")


def _end_with_supervisor() -> None:
    """The supervisor holds the other end of this pipe: it closes when that process is gone."""
    os.read(int(os.environ[LIFELINE]), 1)
    say("the supervisor is gone")
    os._exit(1)


def invoke_once(options: Options, domain: str, event: Any) -> Any:
    """Run one function once in this process; the parts it needs must be running."""
    functions = {function.domain: function for function in declared_functions(options)}
    if domain not in functions:
        raise LookupError(f"there is no function {domain}: {', '.join(functions)}")
    os.environ.update(function_environment(options, list(functions.values())))
    environments = Environments(functions[domain])
    if environments.error:
        raise FunctionError(environments.error)
    return environments.invoke(event)


if __name__ == "__main__":
    main()
