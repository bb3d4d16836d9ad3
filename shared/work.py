"""Units of work for code that runs without a transaction of its own: routes with `database=None`
that call another system first, and triggers of the user pool."""

from collections.abc import Callable
from typing import TypeVar

from shared.consumer import Consumer, unit
from shared.database import database
from shared.facts import Origin

R = TypeVar("R")


def unit_of_work(
    origin: Origin,
    work: Callable[[Consumer], R],
    *,
    role: str,
    seconds_left: Callable[[], float] = lambda: 25.0,
) -> R:
    """Run `work` in one transaction of a database role and return what it returns.

    The facts that it emits are published after the commit. It may run more than once, so it calls
    no other system.
    """
    service = origin.source.removeprefix("campus.")
    return unit(service, database(role), origin, work, seconds_left, None, None, None)
