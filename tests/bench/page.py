"""docs/performance.md and its plot, written from the figures."""

import os
import platform
import re
from pathlib import Path

from infra.local.postgres_programs import programs_for, unprivileged_account
from tests.bench.figures import markdown
from tests.bench.measures import Part
from tests.bench.plot import plot

DOCS = Path("docs")
_TEXT = """# Performance

`make bench` measures the budgets and writes this page; it fails when a figure is beyond its budget.
`make bench ROWS=1000000` is cheaper (the largest table has 10,000,000 rows otherwise), and
`make bench ONLY="warm cold"` measures some parts again: cold, warm, sizes, lists, growth, relay,
effect.

## What is compared

Five stacks answer the same two requests (a list of 20 assignments, a create) with the same token
check, the same log line and the same statements. Each has as many other routes and shapes as the
function `tasks`: 27 that read, 39 that write, 18 bodies, 25 answers. The **floor** is what remains
when there is no framework: a dictionary of routes, psycopg and orjson, written by hand. Beside it
are Powertools' resolver with validation (with its own log, metrics and traces, as its documentation
shows them), FastAPI behind Mangum, and Chalice, both traced by AWS's X-Ray SDK.
**Campus** is this project's function `tasks` as it is deployed, with versions, limits, tenancy,
idempotency key and outbox.
A list counts and admits in each stack. A create of the frameworks does all that ours does with the
same statements (limits, idempotency key, event, outbox, kept answer), written by hand. The floor's
admits and inserts, and does no more. The others take two round trips for a list and three for a
create, as ours does for a caller who is new to the environment. The create that is compared plans
no reminder; what one adds is told apart.

## How

- Every ratio is made of pairs from one run: the stacks take turns in short batches, in a new order
  each round, so that a disturbance meets all alike. Figures are medians of the rounds' ratios. What
  stands in milliseconds depends on the machine.
- *Cold* is a process from its start to its first answer, with log, metrics and a sampled trace. The
  first call after INIT is its processor time at the 0.29 vCPU that Lambda gives to 512 MB, and its
  waiting as it was.
- *Warm* is the call of the handler alone. Publishing after the commit is taken out and told apart:
  the bus takes everything at once.
- *Long lists*: a user with more than 20,000 assignments in a table of 1,000,000, page 1 and page
  1,000 by cursor; buffers are what the statement touches, row security included.
- *Growth*: the same requests on tables of 10,000 to 10,000,000 rows, in turns.
- *Relay*: events a second that leave the outbox into a bus that takes everything at once.
- *Effect*: `make up` with its emulated bus; an assignment is completed over HTTP, and its notice
  appears in the inbox of another function. One connection watches for both.

Code: [tests/bench](../tests/bench).

## Figures

Measured on {machine}.

{table}

![Cold start, warm requests and memory of each stack, and time against rows](performance.svg)
"""


def write(parts: dict[str, Part]) -> None:
    """The page and the plot of all parts."""
    figures = [figure for part in parts.values() for figure in part.figures]
    (DOCS / "performance.md").write_text(_TEXT.format(machine=_machine(), table=markdown(figures)))
    (DOCS / "performance.svg").write_text(plot(parts))


def _machine() -> str:
    """Which kind of machine this is, and not which one."""
    return (
        f"{os.cpu_count()} cores of {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, PostgreSQL {_postgres()}, "
        f"load average {os.getloadavg()[1]:.1f}, the bench and all else that ran beside it"
    )


def _postgres() -> str:
    account = unprivileged_account()
    done = account.run([str(programs_for(account) / "postgres"), "--version"], Path("/"))
    return re.findall(r"[\d.]+", done.stdout)[0]
