"""One of each thing: what `tests/functions/<domain>/things.py` says, found without being listed.

A domain's `things.py` is the one place that proofs and fuzzing learn from how somebody gets what
its routes are about. All of its names are optional:

    THINGS = [                      # each kind of record that has an id in a path
        Thing("course", "/courses", {"title": "{words}", "examOn": None}),
        Thing("section", "/courses/{course_id}/sections", {"title": "{words}"}),
    ]
    BODIES = {                      # a valid body of each request model that creates no Thing
        "CoursePatch": {"title": "{words}"},
    }
    VALUES = {                      # parameters that are no id, by name or by path up to them; any
                                    # last one by the whole path
        "kind": "assignment",
        "/shared/{token}": lambda plot: ...,
    }
    NAMES = {"item_id": ("assignment", "lecture")}  # ids by other names, and of which things
    QUERIES = {"/tasks/search": "q={words}"}        # where a list needs more than its types tell
    FOREIGN = {"Batch": lambda victim: ...}         # bodies with somebody else's ids, where one
                                                    # id after another does not make a request

Texts in bodies are in the newest version's spelling and may have holes: `{words}` (what a proof
looks for later; in every text that is free), `{unique}` (eight digits that nobody else has),
`{soon}`, `{later}`, `{soon_local}`, `{later_local}` (times ahead), `{course_id}` (a course of the
same tenant, made when there is none).
"""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any, Literal, get_args

from shared.ids import uuid7
from shared.models import Model
from shared.routing import Route
from tests.campus import ROOT
from tests.proofs.routes import every_route

Json = dict[str, Any]
MOMENT = "2027-01-15T10:00:00Z"
LOCAL = "2027-01-15T10:00:00"
SOMETHING = "00000000-0000-7000-8000-000000000000"
HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of record that clients make, read, change.

    `name` is the path parameter without its `_id`, and the table if the kind is deletable. `path`
    takes the POST that makes one from `body`; where no client makes one, `make` does, and returns
    its id. How it is deleted and restored is read from the routes that end with its id.
    """

    name: str
    path: str = ""
    body: Json = field(default_factory=dict[str, Any])
    make: Callable[[Any], str] | None = None
    seen_by: Literal["owner", "members"] = "owner"  # members: of its organization, who read it
    once: bool = False  # a second one of the same would be a conflict

    @property
    def parameter(self) -> str:
        return f"{self.name}_id"

    @property
    def creation(self) -> Route | None:
        """The route that makes one."""
        return newest("POST", self.path) if self.path else None

    def route(self, method: str, below: str = "") -> Route | None:
        """The route of one of them (`below` it: `/restore`, `/permanent`), if there is: the one
        below the path that makes one, or else the shortest."""
        end = f"/{{{self.parameter}}}{below}"
        found = [r for r in routes() if r.method == method and r.path.endswith(end)]
        home = self.path or "nowhere"
        return min(found, key=lambda r: (not r.path.startswith(home), len(r.path)), default=None)

    @property
    def restorable(self) -> bool:
        return bool(self.route("DELETE") and self.route("POST", "/restore"))

    def holes(self) -> set[str]:
        """The names of the things that one may belong to."""
        found = {name.removesuffix("_id") for name in HOLE.findall(self.path + str(self.body))}
        return found & things().keys()

    def optional(self) -> set[str]:
        """Those of them without which one can be."""
        made = self.creation
        free = nullable(made.body[1]) if made and made.body else set[str]()
        asked = " ".join(str(value) for name, value in self.body.items() if name not in free)
        return self.holes() - {n.removesuffix("_id") for n in HOLE.findall(self.path + asked)}


def nullable(model: type[Model]) -> set[str]:
    """The fields that may be null."""
    fields = model.model_fields.values()
    return {str(info.alias) for info in fields if type(None) in get_args(info.annotation)}


@cache
def routes() -> list[Route]:
    return list({id(route): route for _, _, route in every_route()}.values())


def newest(method: str, path: str) -> Route | None:
    return next((r for r in routes() if (r.method, r.path) == (method, path)), None)


def place(domain: str) -> str:
    return f"tests/functions/{domain}/things.py"


def domain_of(item: Any) -> str:
    """The domain that a route's function or a model is defined in."""
    module = item.handler.__module__ if isinstance(item, Route) else item.__module__
    return module.split(".")[1]


@cache
def modules() -> dict[str, ModuleType]:
    """Each domain's `things`."""
    names = sorted(path.parent.name for path in (ROOT / "tests/functions").glob("*/things.py"))
    return {name: importlib.import_module(f"tests.functions.{name}.things") for name in names}


@cache
def said(name: str) -> dict[str, dict[str, Any]]:
    """What each domain says under a name, such as BODIES."""
    return {domain: getattr(module, name, {}) for domain, module in modules().items()}


@cache
def things() -> dict[str, Thing]:
    """All things by name; what one belongs to may come later."""
    found: dict[str, Thing] = {}
    for domain, module in modules().items():
        for thing in getattr(module, "THINGS", []):
            assert thing.name not in found, f"{place(domain)}: there is a {thing.name} already"
            found[thing.name] = thing
    return found


def by_dependence() -> list[str]:
    """The names of all things, wholes before what belongs to them."""
    left, ordered = dict(things()), list[str]()
    while left:
        free = [name for name, thing in left.items() if not thing.holes() & left.keys() - {name}]
        assert free, f"each of {', '.join(left)} needs another one first"
        ordered += free
        left = {name: thing for name, thing in left.items() if name not in free}
    return ordered


def named(parameter: str) -> tuple[str, ...]:
    """The names of the things that an id parameter or field may name. None known: fails."""
    for names in said("NAMES").values():
        if parameter in names:
            return names[parameter]
    name = parameter.removesuffix("_id")
    assert name in things(), (
        f"how does somebody get a {parameter}? Put Thing({name!r}, <path that makes one>, <body>)"
        f" into THINGS of {place('<its domain>')}, or {parameter!r} into NAMES there if it is"
        " the id of a thing by another name"
    )
    return (name,)


def soon(minutes: int = 40) -> str:
    """A time ahead, whole seconds."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)
    return at.isoformat().replace("+00:00", "Z")


def filled(value: Any, words: str, ids: dict[str, str | None]) -> Any:
    """A body with its holes filled. One that is nothing but the hole of no id becomes null."""
    if isinstance(value, dict):
        return {name: filled(inner, words, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, words, ids) for inner in value]
    if not isinstance(value, str):
        return value
    known = {"words": words, "unique": uuid7().hex[-8:], "soon": soon(), "later": soon(100),
             "soon_local": soon()[:-1], "later_local": soon(100)[:-1]}  # fmt: skip
    if (hole := HOLE.fullmatch(value)) and hole[1] not in known:
        return ids[hole[1]]
    return HOLE.sub(lambda hole: str({**known, **ids}[hole[1]]), value)


def raw_body(model: type[Model]) -> Json:
    """What is said of a request model, with its holes. Nothing said: fails."""
    domain = domain_of(model)
    bodies = said("BODIES").get(domain, {})
    made = {
        thing.creation.body[1]: thing.body
        for thing in things().values()
        if thing.creation and thing.creation.body
    }
    fields = ", ".join(str(info.alias) for info in model.model_fields.values())
    assert model.__name__ in bodies or model in made, (
        f"{place(domain)}: BODIES lacks {model.__name__!r}: write a valid body with as many of"
        f" {fields} as fit together (or a Thing that is made from it)"
    )
    return bodies.get(model.__name__) or made[model]


def body_for(model: type[Model], ids: dict[str, str | None] | None = None) -> Json:
    """A request of the newest version, with ids that nobody has unless they are given."""
    raw, needed = raw_body(model), needed_ids(model)
    holes = [name for name in HOLE.findall(str(raw)) if name.endswith("_id")]
    nobodys = {name: SOMETHING if name in needed else None for name in holes}
    return filled(raw, "Ada", {**nobodys, **(ids or {})})


def needed_ids(model: type[Model]) -> set[str]:
    """The ids in a request model's body that cannot be null."""
    free = nullable(model)
    asked = [value for name, value in raw_body(model).items() if name not in free]
    return {name for name in HOLE.findall(str(asked)) if name.endswith("_id")}
