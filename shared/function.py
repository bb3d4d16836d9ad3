"""What Lambda calls: one function a domain takes whatever is sent to it.

    handle = function(
        "tasks",
        routes=[assignments.routes, ...],
        later={"/tasks/terms": "functions.tasks.terms"},
        subscribers="functions.tasks.subscribers",
        changes="functions.tasks.changes",
    )

What stands as an object is loaded in INIT. What stands as a name is imported when it is first
needed: routes that most environments are never asked for, reactions (an environment that answers
requests gets no messages), steps to older versions.
"""

import gc
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from shared import gate, identity, versions
from shared.consumer import Queue, Subscribers
from shared.database import database
from shared.http import Api
from shared.routing import Routes

Handler = Callable[[dict[str, Any], Any], Any]


def function(
    service: str,
    *,
    routes: Iterable[Routes] = (),
    later: Mapping[str, str] | None = None,
    subscribers: Subscribers | str | None = None,
    changes: str | None = None,
    trigger: Handler | None = None,
) -> Handler:
    """The entry of a domain: gateway requests, queue batches, schedules, user pool triggers.

    `later` maps what paths begin with to modules of routes, `subscribers` may name a module that
    has them, `changes` names the domain's module of version steps.
    """
    api = Api(service, routes, later)
    queue = Queue(service, subscribers or Subscribers())
    if changes:
        versions.steps_in(changes)
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        _prepare(api)

    def handle(event: dict[str, Any], context: Any) -> Any:
        if "requestContext" in event:
            return api.handle(event, context)
        if "Records" in event:
            return queue.handle(event, context)
        if "schedule" in event:
            return queue.run_schedule(event["schedule"], context)
        if "triggerSource" in event and trigger:
            return trigger(event, context)
        raise ValueError(f"{service} does not know this kind of event: {sorted(event)}")

    def load() -> None:
        """Import everything that stands as a name. Errors: those of the modules."""
        _ = api.table.routes, queue.subscribers, list(versions.changes())

    handle.load = load  # pyright: ignore[reportFunctionMemberAccess]
    handle.api = api  # pyright: ignore[reportFunctionMemberAccess]
    handle.queue = queue  # pyright: ignore[reportFunctionMemberAccess]
    return handle


def _prepare(api: Api) -> None:
    """Do in INIT, where Lambda gives a whole processor, what the first request would wait for on a
    share of one. What fails here is done by the request that needs it. What staff alone calls does
    not count."""
    common = [route for route in api.table.loaded if route.database and not route.roles]
    steps: list[Callable[[], object]] = []
    if any(route.access == "user" for route in common):
        steps.append(identity.prepare)
    roles = {route.database or "app" for route in common}
    steps += [partial(gate.prepare, database(role)) for role in roles]
    # Models build their validators late (`Model.model_config`); lists are what is asked for first.
    steps += [r.query[1].model_rebuild for r in common if r.query and r.result_is_page]
    for step in steps:
        with suppress(Exception):
            step()
    gc.freeze()  # modules, routes and models are never garbage
    gc.set_threshold(50_000)  # a request leaves hardly a cycle behind
    gc.enable()
