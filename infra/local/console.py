"""The console below /_local/: what the stack is doing, as JSON and as a page.

It reads everything, so it answers only calls whose Host is this machine (a page of another site
could otherwise reach it by DNS rebinding) and, when a browser names an origin, only our own.
"""

import json
import mimetypes
import urllib.parse
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any, LiteralString, cast

import psycopg
from psycopg.rows import dict_row

from infra.local.demo import sent_mails
from infra.local.environments import FunctionError
from infra.local.gateway import Call, Reply
from shared.sql import Statement, queries

if TYPE_CHECKING:
    from infra.local.serve import Stack

sql = queries(__file__)
_PREFIX = "/_local/"
_PAGE = files("infra.local") / "page"
_OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = [
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
]


class Console:
    """Answers calls below /_local/."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._views: dict[str, Callable[[dict[str, str]], Any]] = {
            "events": self._events,
            "functions": self._functions,
            "mails": self._mails,
            "queues": self._queues,
            "requests": lambda _: self._stack.seen.last(),
            "routes": self._routes,
            "schedules": self._schedules,
            "trace": self._trace,
        }

    def answer(self, call: Call, path: str) -> Reply:
        """The reply for a path below /_local/."""
        if not _is_local(call):
            return _json({"error": "the console answers this machine only"}, 403)
        name = path.removeprefix("/_local").strip("/")
        first, _, rest = name.partition("/")
        if call.method == "POST":
            return self._act(first, rest, call.body)
        if call.method not in ("GET", "HEAD"):
            return _json({"error": "GET or POST"}, 405)
        if name in self._views:
            query = dict(urllib.parse.parse_qsl(call.target.partition("?")[2]))
            return _json(self._views[name](query))
        return _file(name or "index.html")

    def _act(self, what: str, which: str, body: bytes) -> Reply:
        """Invoke a function (by its folder or its full name), or run a schedule now."""
        if what == "schedules":
            for entry in self._stack.clock.entries:
                if which == f"{entry.environments.function.domain}/{entry.schedule.name}":
                    entry.run()
                    return _json({"last": entry.last})
        if what == "functions":
            for domain, environments in self._stack.environments.items():
                if which in (domain, environments.function.name):
                    try:
                        return _json(environments.invoke(json.loads(body)))
                    except (FunctionError, ValueError) as error:
                        return _json({"error": str(error)}, 502)
        return _json({"error": "there is no such schedule or function"}, 404)

    def _functions(self, _: dict[str, str]) -> Any:
        return [
            {"name": domain, "handler": each.function.handler, "error": each.error}
            for domain, each in self._stack.environments.items()
        ]

    def _routes(self, _: dict[str, str]) -> Any:
        return [
            {"route": route.key, "function": domain}
            for domain, each in self._stack.environments.items()
            for route in each.function.routes
        ]

    def _schedules(self, _: dict[str, str]) -> Any:
        return [
            {
                "function": entry.environments.function.domain,
                "name": entry.schedule.name,
                "expression": entry.schedule.expression,
                "timezone": entry.schedule.timezone,
                "next": entry.due.isoformat() if entry.due else None,
                "last": entry.last,
            }
            for entry in self._stack.clock.entries
        ]

    def _queues(self, _: dict[str, str]) -> Any:
        values = self._stack.description["values"]
        names = {key.split(".")[0] for key in values if key.endswith(".QueueName")}
        return [self._depth(values[name]) for name in sorted(names)]

    def _depth(self, url: str) -> dict[str, Any]:
        answer = self._stack.sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return {
            "name": url.rsplit("/", 1)[1],
            "waiting": int(answer["ApproximateNumberOfMessages"]),
            "atWork": int(answer["ApproximateNumberOfMessagesNotVisible"]),
        }

    def _mails(self, _: dict[str, str]) -> Any:
        return sent_mails(self._stack.description["endpoint"])

    def _events(self, _: dict[str, str]) -> Any:
        return self._read(sql.last_events, {})

    def _trace(self, query: dict[str, str]) -> Any:
        wanted = {"correlation_id": query.get("id", "")}
        return {
            "requests": self._stack.seen.of_trace(wanted["correlation_id"]),
            "events": self._read(sql.events_of_trace, wanted),
            "runs": self._read(sql.runs_of_trace, wanted),
            "failures": self._read(sql.failures_of_trace, wanted),
        }

    def _read(self, statement: Statement, parameters: dict[str, str]) -> list[dict[str, Any]]:
        url = self._stack.description["database_url"]
        opening = psycopg.Connection[dict[str, Any]].connect(
            url, autocommit=True, row_factory=dict_row
        )
        with opening as connection:
            return connection.execute(cast(LiteralString, statement.text), parameters).fetchall()


def _is_local(call: Call) -> bool:
    headers = {name.lower(): value for name, value in call.headers}
    host = headers.get("host", "")
    origin = headers.get("origin")
    own = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    return own in _OWN_HOSTS and origin in (None, f"http://{host}")


def _json(value: Any, status: int = 200) -> Reply:
    body = json.dumps(value, default=str).encode()
    return Reply(status, [("content-type", "application/json"), *_HEADERS], body)


def _file(name: str) -> Reply:
    if name not in {file.name for file in _PAGE.iterdir()}:
        return _json({"error": "not found"}, 404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content = (_PAGE / name).read_bytes()
    return Reply(200, [("content-type", f"{kind}; charset=utf-8"), *_HEADERS], content)
