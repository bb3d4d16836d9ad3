"""What the specification demands of tasks and courses (`demands.txt`), and what `docs/routes.md`
says there is, in one form: method, path with nameless parameters, versions, events."""

import re
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from shared.routing import Route
from tests.campus import ROOT
from tests.proofs.access import declared

DEMANDS = Path(__file__).with_name("demands.txt")
ROLES = Path(__file__).with_name("roles.txt")
TABLE = ROOT / "docs" / "routes.md"
DOMAINS = ("tasks", "courses")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# CRUD: what a resource r and one of it answer to, and what that tells.
CRUD = (
    ("GET", "", ""), ("POST", "", "created"),
    ("GET", "/{}", ""), ("PATCH", "/{}", "updated"), ("PUT", "/{}", "updated"),
    ("DELETE", "/{}", "deleted"),
    ("POST", "/{}/restore", "restored"), ("DELETE", "/{}/permanent", "purged"),
)  # fmt: skip
Key = tuple[str, str]


@dataclass
class Demands:
    """The lines of `demands.txt`, expanded."""

    routes: dict[Key, set[str]] = field(default_factory=dict[Key, set[str]])
    in_v1: set[Key] = field(default_factory=set[Key])
    verbs: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    waived: set[Key] = field(default_factory=set[Key])
    missing: set[Key] = field(default_factory=set[Key])


def demands() -> Demands:
    """What is demanded. Where the catalogue names other verbs for an entity than CRUD, it wins."""
    found = Demands()
    lines = [line for line in DEMANDS.read_text(encoding="utf-8").splitlines() if line]
    lines = [line for line in lines if not line.startswith("#")]
    for line in lines:
        if line.startswith("EVENT "):
            _, entity, *verbs = line.split()
            found.verbs[entity] = set(verbs)
    for line in lines:
        first, _, rest = line.partition(" ")
        if first in ("WAIVED", "MISSING"):
            place = found.waived if first == "WAIVED" else found.missing
            wanted, separator, reason = rest.partition(": ")
            assert bool(separator and reason) == (first == "WAIVED"), line
            place |= {key for key, _ in _expanded(wanted.split())}
        elif first != "EVENT":
            words = line.split()
            v1 = words[-1] == "v1"
            for key, events in _expanded(words[:-1] if v1 else words, found.verbs):
                assert key not in found.routes, f"twice in {DEMANDS.name}: {key}"
                found.routes[key] = events
                found.in_v1 |= {key} if v1 else set()
    return found


def _expanded(
    words: list[str], verbs: dict[str, set[str]] | None = None
) -> list[tuple[Key, set[str]]]:
    methods, template, *told = words
    found: list[tuple[Key, set[str]]] = []
    for path in _paths(template):
        if methods == "CRUD":
            entity = told[0] if told else ""
            known = (verbs or {}).get(entity)
            for method, below, verb in CRUD:
                demanded = bool(entity and verb) and (known is None or verb in known)
                found.append(((method, path + below), {f"{entity}.{verb}"} if demanded else set()))
        else:
            found += [((method, path), set(told)) for method in methods.split(",")]
    return found


def _paths(template: str) -> list[str]:
    """`/a/{b,c}/{}` is /a/b/{} and /a/c/{}."""
    parts = re.split(r"\{([^}]+)\}", template)
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)]


@dataclass(frozen=True)
class Row:
    """A line of `docs/routes.md`. Events in parentheses are told under some circumstances."""

    method: str
    path: str
    who: str
    versions: str
    old: str
    always: frozenset[str] = frozenset()
    sometimes: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return self.method, nameless(self.path)

    @property
    def facts(self) -> tuple[str, ...]:
        """What the code declares."""
        return self.method, self.path, self.who, self.versions, self.old

    def __str__(self) -> str:
        told = [*sorted(self.always), *(f"({name})" for name in sorted(self.sometimes))]
        cells = [f"{self.method} {self.path}", self.who, self.versions, self.old, " ".join(told)]
        return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def table(domain: str) -> list[Row]:
    """The lines of a domain in `docs/routes.md`."""
    _, _, rest = TABLE.read_text(encoding="utf-8").partition(f"\n## {domain}\n")
    section, found = rest.partition("\n## ")[0], list[Row]()
    for line in section.splitlines():
        if line.startswith(("| GET", "| POST", "| PUT", "| PATCH", "| DELETE")):
            call, who, versions, old, told = (cell.strip() for cell in line.split("|")[1:-1])
            method, path = call.split()
            names = told.split()
            maybe = frozenset(name[1:-1] for name in names if name.startswith("("))
            always = frozenset(name for name in names if not name.startswith("("))
            found.append(Row(method, path, who, versions, old, always, maybe))
    return found


def row_of(route: Route) -> Row:
    """What a route declares, as a line without events."""
    roles = [line.split() for line in ROLES.read_text(encoding="utf-8").splitlines()]
    named = {(method, path): " ".join(names) for method, path, *names in roles}
    return Row(
        route.method,
        route.path,
        named.get((route.method, route.path)) or declared(route).who,
        " ".join(route.versions) or "none",
        " ".join(old.name for old in route.old),
    )


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.path, METHODS.index(row.method)))
