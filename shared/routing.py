"""Routes: a typed function becomes an endpoint. Finding one is a short walk down a tree.

    routes = Routes("/tasks", tag="tasks")

    @routes.post("/assignments", status=201, v1=True, limit="creates")
    def create_assignment(request: Request, body: NewAssignment) -> Assignment:
        "Create an assignment."

Read from the signature: `{name}` path parameters by name and type, the body (a `Model`), the query
string (a `Query`), the answer (a `Model`, a `Page`, a `Reply`, or None for 204). A parameter may
have an ending: `/feeds/{token}.ics`.
"""

import inspect
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from shared.errors import Refusal
from shared.ids import canonical_uuid
from shared.models import Model, Page, Query
from shared.versions import versions

Limit = Literal["reads", "creates", "updates", "deletes", "course_creates", "auth", "none"]
Access = Literal["user", "public", "token", "webhook"]
Handler = Callable[..., Any]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OLD_PATHS = "/functions/v1/"
_LIMITS: dict[str, Limit] = {
    "GET": "reads",
    "POST": "creates",
    "PUT": "updates",
    "PATCH": "updates",
    "DELETE": "deletes",
}


@dataclass(frozen=True, slots=True)
class Old:
    """A name of the predecessor, below /functions/v1/, that leads to a route (`old_names.py`).

    Any method that writes leads there, for a route that reads GET too, unless `methods` are given.
    `fields` tells what a top-level field of the old body is called in v1 (or in the path), and
    `values` the path parameters that are the same for every call, `asks` those of the query string.
    """

    name: str
    methods: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    asks: Mapping[str, str] = field(default_factory=dict[str, str])

    def taken(self, method: str) -> tuple[str, ...]:
        """The methods by which this name leads to a route with that method."""
        return self.methods or (*(["GET"] if method == "GET" else []), *METHODS[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint, with everything that dispatch and documentation need to know of it."""

    method: str
    path: str
    handler: Handler
    name: str
    tag: str
    summary: str
    versions: tuple[str, ...]
    database: str | None = "app"
    access: Access = "user"
    roles: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ("active",)
    limit: Limit = "reads"
    cost: Callable[[Any], int] | None = None  # of the body: how many requests it counts as
    status: int = 200
    per_item: bool = False  # 207 when some of the items fail
    statements: int = 1
    idempotency: Literal["accepted", "required", "ignored"] = "accepted"
    secret_answer: bool = False
    critical: bool = False
    exclusive: str | None = None
    deprecated_on: date | None = None
    sunset_on: date | None = None
    errors: tuple[str, ...] = ()
    parameters: dict[str, type] = field(default_factory=dict[str, type])
    body: tuple[str, type[Model]] | None = None
    query: tuple[str, type[Query]] | None = None
    result: type[Model] | None = None
    result_is_page: bool = False
    raw_body: bool = False
    old: tuple[Old, ...] = ()

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def versionless(self) -> bool:
        return not self.versions

    @property
    def round_trips(self) -> int | None:
        """The budget: the gate's flush, the statements, for a write the closing flush, and for a
        critical one the signature of an API key."""
        if self.database is None:
            return None
        return 1 + self.statements + int(self.writes) + int(self.critical)


class Routes:
    """The endpoints of one domain (or one resource of it) below a common prefix."""

    def __init__(self, prefix: str = "", *, tag: str, **defaults: Any) -> None:
        self.prefix = prefix
        self.tag = tag
        self.routes: list[Route] = []
        self._defaults = defaults

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("PUT", path, options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A merge patch; `also_put=True` takes PUT with the same meaning (the predecessor's)."""
        return self._add("PATCH", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("DELETE", path, options)

    def _add(self, method: str, path: str, options: dict[str, Any]) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            given = {**self._defaults, **options}
            also_put = given.pop("also_put", False)
            for verb in (method, "PUT") if also_put else (method,):
                route = _route(verb, self.prefix + path, handler, self.tag, dict(given))
                self.routes.append(route)
                given.pop("old", None)
            return handler

        return register


def _route(method: str, path: str, handler: Handler, tag: str, options: dict[str, Any]) -> Route:
    v1, versionless = options.pop("v1", False), options.pop("versionless", False)
    served = () if versionless else tuple(name for name in versions() if v1 or name != "v1")
    summary = inspect.getdoc(handler)
    if not summary:
        raise TypeError(f"{handler.__qualname__} needs a docstring: it is its documentation")
    options.setdefault("limit", _LIMITS[method])
    named: tuple[str | Old, ...] = options.pop("old", ())
    signature = inspect.signature(handler, eval_str=True)
    return Route(
        method=method,
        path=path,
        handler=handler,
        name=handler.__name__,
        tag=tag,
        summary=summary,
        versions=served,
        old=tuple(Old(name) if isinstance(name, str) else name for name in named),
        **_inputs(path, signature),
        **_result(signature.return_annotation),
        **options,
    )


def _inputs(path: str, signature: inspect.Signature) -> dict[str, Any]:
    named = {variable(part)[0] for part in path.split("/") if part.startswith("{")}
    found: dict[str, Any] = {"parameters": {}}
    for name, parameter in list(signature.parameters.items())[1:]:
        annotation = parameter.annotation
        if name in named:
            found["parameters"][name] = annotation
        elif isinstance(annotation, type) and issubclass(annotation, Query):
            found["query"] = (name, annotation)
        elif isinstance(annotation, type) and issubclass(annotation, Model):
            found["body"] = (name, annotation)
        else:
            raise TypeError(f"{path}: the parameter {name} is neither in the path nor a Model")
    if missing := named - set(found["parameters"]):
        raise TypeError(f"{path}: the function lacks {', '.join(sorted(missing))}")
    return found


def _result(annotation: Any) -> dict[str, Any]:
    if get_origin(annotation) is Page:
        return {"result": get_args(annotation)[0], "result_is_page": True}
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return {"result": annotation}
    for part in get_args(annotation):  # Reply[Assignment]
        if isinstance(part, type) and issubclass(part, Model):
            return {"result": part}
    return {}


@dataclass(slots=True)
class _Node:
    exact: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    ending: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    parameter: "_Node | None" = None
    methods: dict[str, tuple[Route, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[Route, tuple[str, ...]]]
    )


class Table:
    """All routes of a function, found by version, method and path.

    `later` maps the beginnings of paths to modules that most environments never need. A module is
    imported by the first request below its path, all of them by the first old name.
    """

    def __init__(self, groups: Iterable[Routes], later: Mapping[str, str] | None = None) -> None:
        self.groups, self.later = tuple(groups), dict(later or {})
        self.loaded: list[Route] = []
        self._roots: dict[str, _Node] = {}
        self._missing = {tuple(_segments(path)): module for path, module in self.later.items()}
        self._loading = threading.Lock()
        for group in self.groups:
            self._add(group)

    @property
    def routes(self) -> list[Route]:
        """Every route, for documents and proofs."""
        self._load(None)
        return self.loaded

    def find(self, version: str, method: str, path: str) -> tuple[Route, dict[str, Any]]:
        """The route and its path parameters. Errors: NOT_FOUND, METHOD_NOT_ALLOWED with Allow."""
        node, values = self._node(version, path)
        if node is None or not node.methods:
            raise Refusal("NOT_FOUND")
        wanted = "GET" if method == "HEAD" else method
        if wanted not in node.methods:
            raise Refusal("METHOD_NOT_ALLOWED", headers={"Allow": allowed(node.methods)})
        route, names = node.methods[wanted]
        return route, typed(route, dict(zip(names, values, strict=True)))

    def methods(self, version: str, path: str) -> str:
        """The `Allow` value of a path, empty when there is no such path."""
        node, _ = self._node(version, path)
        return allowed(node.methods) if node and node.methods else ""

    def _node(self, version: str, path: str) -> tuple[_Node | None, list[str]]:
        if self._missing:
            self._load(path)
        return self._walk(self._roots.get(version), _segments(path))

    def _load(self, path: str | None) -> None:
        """Import what serves a path; everything for an old name, and for None."""
        parts = None if path is None or path.startswith(OLD_PATHS) else _segments(path)
        with self._loading:  # locally an environment is a thread, and threads share the table
            wanted = [
                m for begin, m in self._missing.items() if parts is None or _below(begin, parts)
            ]
            for module in dict.fromkeys(wanted):
                for held in vars(import_module(module)).values():
                    if isinstance(held, Routes):
                        self._add(held)
                self._missing = {b: m for b, m in self._missing.items() if m != module}

    def _add(self, group: Routes) -> None:
        for route in group.routes:
            self.loaded.append(route)
            for version in route.versions or ("",):
                self._insert(version, route.method, route.path, route)
                for old in route.old:
                    for method in old.taken(route.method):
                        self._insert(version, method, OLD_PATHS + old.name, route)

    def _insert(self, version: str, method: str, path: str, route: Route) -> None:
        node = self._roots.setdefault(version, _Node())
        names: list[str] = []
        for part in path.split("/")[1:]:
            if part.startswith("{"):
                name, ending = variable(part)
                names.append(name)
                if ending:
                    node = node.ending.setdefault(ending, _Node())
                    continue
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.exact.setdefault(part, _Node())
        if method in node.methods:
            raise ValueError(f"{method} {path} is defined twice")
        node.methods[method] = (route, tuple(names))

    def _walk(self, node: _Node | None, parts: list[str]) -> tuple[_Node | None, list[str]]:
        values: list[str] = []
        for part in parts:
            if node is None:
                return None, values
            following = node.exact.get(part)
            if following is None and part:
                ending = next(filter(part.endswith, node.ending), "")
                following = node.ending[ending] if ending else node.parameter
                values.append(part.removesuffix(ending))
            node = following
        return node, values


def _below(begin: tuple[str, ...], parts: list[str]) -> bool:
    """Whether a path is at or below one that may have parameters."""
    return len(parts) >= len(begin) and all(
        known.startswith("{") or known == part for known, part in zip(begin, parts, strict=False)
    )


def variable(part: str) -> tuple[str, str]:
    """The name of a segment's parameter, and what follows it."""
    name, _, ending = part[1:].partition("}")
    return name, ending


def allowed(methods: Iterable[str]) -> str:
    """The value of the header Allow."""
    found = set(methods)
    extra = {"OPTIONS"} | ({"HEAD"} if "GET" in found else set[str]())
    return ", ".join(sorted(found | extra))


def _segments(path: str) -> list[str]:
    """The segments of a path. The gateway has percent-decoded it; doing that twice would let
    `%252e` mean what `%2e` means."""
    return path.split("/")[1:]


def typed(route: Route, values: Mapping[str, str]) -> dict[str, Any]:
    """Path parameters in the types of the signature; what cannot be one names no record."""
    found: dict[str, Any] = {}
    for name, text in values.items():
        value: Any = canonical_uuid(text) if route.parameters[name] is UUID else text
        if value is None or len(text) > 512 or "\x00" in text:
            raise Refusal("NOT_FOUND")
        found[name] = value
    return found
