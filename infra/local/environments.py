"""Execution environments: threads that run the handlers of a function, as Lambda's would.

A thread stands for one environment, so that whatever the shared layer keeps per environment (its
database connection) is kept per thread. Handlers run in this process: a breakpoint works.
"""

import importlib
import json
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from infra.local.functions import Function

CONCURRENCY = 10  # environments a function has at most


class FunctionError(RuntimeError):
    """The function could not be loaded, raised, timed out or returned what is not JSON."""


@dataclass(frozen=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    aws_request_id: str
    log_stream_name: str
    deadline: float
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    @property
    def log_group_name(self) -> str:
        """The log group that a function without settings would have."""
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class Environments:
    """The environments of one function. They are made when they are needed, and reused."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.error = ""
        self._handler = self._load()
        self._threads = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix=function.domain)

    def _load(self) -> Callable[[Any, Context], Any] | None:
        module, _, name = self.function.handler.rpartition(".")
        try:
            handle = getattr(importlib.import_module(module), name)
            if hasattr(handle, "load"):
                handle.load()  # a mistake shows now, not with the first request for it
            return handle
        except Exception as error:  # a function that cannot be loaded must not stop the others
            self.error = _own_frames(error)
            return None

    def start(self, event: Any) -> Future[Any]:
        """Begin an invocation; its future fails with what the handler raised."""
        return self._threads.submit(self._run, event)

    def invoke(self, event: Any) -> Any:
        """The handler's answer. Raises FunctionError; what was raised inside is its cause."""
        try:
            return self.start(event).result(self.function.timeout)
        except TimeoutError as error:
            seconds = self.function.timeout
            raise FunctionError(f"{self.function.domain} timed out after {seconds} s") from error
        except FunctionError:
            raise
        except Exception as error:
            raise FunctionError(f"{self.function.domain} raised {error!r}") from error

    def _run(self, event: Any) -> Any:
        if self._handler is None:
            raise FunctionError(f"{self.function.domain} cannot be loaded")
        answer = self._handler(event, self._context())
        return json.loads(json.dumps(answer))  # Lambda too refuses what is not JSON

    def _context(self) -> Context:
        return Context(
            function_name=self.function.name,
            invoked_function_arn=self.function.arn,
            memory_limit_in_mb=str(self.function.memory),
            aws_request_id=str(uuid.uuid4()),
            log_stream_name=threading.current_thread().name,
            deadline=time.monotonic() + self.function.timeout,
        )

    def stop(self) -> None:
        """Let running invocations end and start no more."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def _own_frames(error: Exception) -> str:
    """The traceback without the import machinery."""
    told = traceback.TracebackException.from_exception(error)
    machinery = ("importlib", __file__)
    frames = [f for f in told.stack if not any(part in f.filename for part in machinery)]
    told.stack = traceback.StackSummary.from_list(frames)
    return "".join(told.format()).strip()


def show(error: FunctionError) -> None:
    """The handler's own traceback on standard error, or one line when there is none."""
    if error.__cause__ is None or isinstance(error.__cause__, TimeoutError):
        print(error, file=sys.stderr)
    else:
        traceback.print_exception(error.__cause__)


def load(functions: Iterable[Function]) -> dict[str, Environments]:
    """The environments of every function, by domain; those that fail to load say so in `error`."""
    return {function.domain: Environments(function) for function in functions}
