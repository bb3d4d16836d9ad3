"""Cold starts: a process from its start to its first list answer."""

import json
import os
import random
import subprocess
import time
from dataclasses import dataclass

from tests.bench.ground import PAGE, PYTHON, Database
from tests.chaos.figures import Progress

STACKS = ("floor", "campus", "powertools", "chalice", "fastapi")
VCPU = 0.29
"""The share of a processor that Lambda gives to 512 MB once INIT is over."""
_TRACE = "Root=1-67400000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1"


@dataclass(frozen=True)
class Start:
    """One cold start: seconds to the first answer and of the first invocation, memory in MB.

    `first_slow` is the first invocation with the processor slowed down to Lambda's share.
    """

    answer: float
    first: float
    first_slow: float
    memory: float


def starts(database: Database, rounds: int) -> dict[str, list[Start]]:
    """Each stack once a round, in any order; what compiles its modules comes before, unmeasured."""
    for stack in STACKS:
        start(stack, database)
    found: dict[str, list[Start]] = {stack: [] for stack in STACKS}
    progress = Progress("cold")
    for done in range(rounds):
        progress.show(done, rounds, "rounds")
        for stack in random.sample(STACKS, len(STACKS)):
            found[stack].append(start(stack, database))
    return found


def start(stack: str, database: Database) -> Start:
    """One process, with everything observed: the line, its metrics, and a sampled trace."""
    read, write = os.pipe()
    command = [PYTHON, "-m", "tests.bench.first", stack, str(database.users), str(write)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=lambda_environment(database), stdout=subprocess.DEVNULL, pass_fds=(write,)
    )
    os.close(write)
    with os.fdopen(read) as reports:
        text = reports.read()
    if process.wait() or not text:
        raise RuntimeError(f"{stack} did not answer")
    ready, ready_cpu, done, done_cpu, memory, status, count = json.loads(text)
    if (status, count) != (200, PAGE):
        raise RuntimeError(f"{stack} answered {status} with {count} rows")
    first, cpu = done - ready, done_cpu - ready_cpu
    return Start(done - began, first, first + cpu * (1 / VCPU - 1), memory)


def lambda_environment(database: Database) -> dict[str, str]:
    """What a deployed function finds, tracing included. Modules are compiled once, not at every
    start, whatever the machine's habit is. No stack looks for plugins of pydantic: this machine has
    many more packages to look through than a function."""
    return {
        **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(database.users.parent / "compiled"),
        "DATABASE_URL": database.url,
        "AWS_LAMBDA_FUNCTION_NAME": "campus-bench-tasks",
        "LAMBDA_TASK_ROOT": os.getcwd(),
        "_X_AMZN_TRACE_ID": _TRACE,
        "CAMPUS_TRACING": "on",
        "PYDANTIC_DISABLE_PLUGINS": "true",
    }
