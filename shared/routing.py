"""Routes: a typed function becomes an endpoint.

    routes = Routes("/tasks", tag="tasks")

    @routes.post("/assignments", status=201, v1=True, limit="creates")
    def create_assignment(request: Request, body: NewAssignment) -> Assignment:
        "Create an assignment."

Read from the signature: `{name}` path parameters by name and type, the body (a `Model`), the query
string (a `Query`), the answer (a `Model`, a `Page`, a `Reply`, or None for 204). A parameter may
have an ending: `/feeds/{token}.ics`.
"""

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple, get_args, get_origin

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


class Old(NamedTuple):
    """A name of the predecessor, below /functions/v1/, that leads to a route (`old_names.py`).

    Any method that writes leads there, for a route that reads GET too, unless `methods` are given.
    `fields` tells what a top-level field of the old body is called in v1 (or in the path), and
    `values` the path parameters that are the same for every call, `asks` those of the query string.
    """

    name: str
    methods: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    asks: Mapping[str, str] = {}

    def taken(self, method: str) -> tuple[str, ...]:
        """The methods by which this name leads to a route with that method."""
        return self.methods or (*(["GET"] if method == "GET" else []), *METHODS[1:])


class Route(NamedTuple):
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
    parameters: Mapping[str, type] = {}
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


def variable(part: str) -> tuple[str, str]:
    """The name of a segment's parameter, and what follows it."""
    name, _, ending = part[1:].partition("}")
    return name, ending
