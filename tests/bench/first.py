"""A process that answers one list request and says how it went: `first.py STACK FILE FD`.

FILE holds the user. To FD goes one JSON line: when the handler was imported and when it had
answered (monotonic clock), the processor seconds by then, and the peak of resident memory.
"""

import importlib
import json
import os
import sys
import time

from tests.bench.events import Context, request


def main() -> None:
    stack, users, fd = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(users) as file:
        event = request(json.load(file)[0])
    module = importlib.import_module(f"tests.bench.stacks.{stack}")
    if hasattr(module, "shape"):
        event = module.shape(event)
    ready, ready_cpu = time.monotonic(), time.process_time()
    answer = module.handle(event, Context())
    done, done_cpu = time.monotonic(), time.process_time()
    count = len(json.loads(answer["body"])["data"]) if answer["statusCode"] == 200 else 0
    report = [ready, ready_cpu, done, done_cpu, _peak(), answer["statusCode"], count]
    os.write(fd, json.dumps(report).encode())


def _peak() -> float:
    """The most memory that was resident, in MB. Not ru_maxrss, which begins with the parent's."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
