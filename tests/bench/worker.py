"""A process that has one stack loaded and runs what it is told to: `worker.py STACK USERS FD_IN
FD_OUT`, a JSON line in and a JSON line out. Timed is the call of the handler and nothing else."""

import importlib
import json
import os
import sys
import time
from itertools import cycle
from typing import Any

from tests.bench.events import BODY, REMINDED, Context, request

Event = dict[str, Any]


class Stack:
    """The stack's handler, and requests of many users for it."""

    def __init__(self, name: str, users: str) -> None:
        self.module: Any = importlib.import_module(f"tests.bench.stacks.{name}")
        self.shape = getattr(self.module, "shape", lambda event: event)
        self.number = 0
        self.apart: list[float] = []
        with open(users) as file:
            self.turn = cycle(json.load(file))

    def event(self, kind: str) -> Event:
        """The next user's request."""
        user, self.number = next(self.turn), self.number + 1
        if kind.startswith("create"):
            key, body = f"{os.getpid()}-{self.number}", REMINDED if "reminder" in kind else BODY
            return self.shape(request(user, "POST", query="", key=key, body=body))
        if kind == "old list":
            return self.shape(request(user, path="/v1/tasks/assignments"))
        return self.shape(request(user))

    def run(self, kind: str, times: int) -> list[float]:
        """Seconds of each of so many requests, without those of what a stack sets apart."""
        events = [self.event(kind) for _ in range(times)]
        handle, context, seconds = self.module.handle, Context(), list[float]()
        for event in events:
            began = time.perf_counter()
            answer = handle(event, context)
            spent = time.perf_counter() - began
            if answer["statusCode"] not in (200, 201):
                raise RuntimeError(f"{kind}: {answer['statusCode']} {answer['body'][:300]}")
            if hasattr(self.module, "apart"):
                self.apart.append(self.module.apart())
                spent -= self.apart[-1]
            seconds.append(spent)
        return seconds

    def obey(self, kind: str, times: int) -> Any:
        """What an order's answer is."""
        if kind == "apart":
            taken, self.apart = self.apart, []
            return taken
        if kind.startswith("answer "):
            event = self.event(kind.removeprefix("answer "))
            return self.module.handle(event, Context())
        if kind == "round trips":
            return self.module.round_trips()
        return self.run(kind, times)


def main() -> None:
    name, users, given, told = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    stack = Stack(name, users)
    with os.fdopen(given) as orders, os.fdopen(told, "w", buffering=1) as answers:
        for line in orders:
            answers.write(json.dumps(stack.obey(**json.loads(line))) + "\n")


if __name__ == "__main__":
    main()
