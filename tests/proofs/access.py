"""The table of who may call what (`access.txt`), written by people; the routes are held against it.

    DELETE /courses/{course_id}/permanent  anyone  courses:write  critical

`anyone` is every active account, `staff` support and admins; `everybody` needs no credentials,
`provider` and `link` have a proof of their own. An API key needs the scope. `critical`: a person
has signed in within five minutes, an API key signs.
"""

from dataclasses import dataclass
from pathlib import Path

from shared.routing import Route

TABLE = Path(__file__).with_name("access.txt")
ROLES = {"anyone": ("user", "support", "admin"), "staff": ("support", "admin"), "admin": ("admin",)}
OPEN = ("everybody", "provider", "link")


@dataclass(frozen=True)
class Row:
    """Who may call one route."""

    method: str
    path: str
    who: str
    scope: str = ""
    critical: bool = False

    @property
    def is_open(self) -> bool:
        return self.who in OPEN

    def permits(self, role: str) -> bool:
        return role in ROLES[self.who]

    def __str__(self) -> str:
        parts = [f"{self.method:6} {self.path:54} {self.who:9}", self.scope]
        return " ".join([*parts, *(["critical"] if self.critical else [])]).rstrip()


def rows() -> dict[tuple[str, str], Row]:
    """The table by method and path."""
    found: dict[tuple[str, str], Row] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        method, path, who, *rest = line.split()
        scope = rest[0] if rest else ""
        assert (method, path) not in found, f"twice in {TABLE.name}: {line}"
        found[method, path] = Row(method, path, who, scope, "critical" in rest)
    return found


def declared(route: Route) -> Row:
    """What a route says of itself, as a row of the table."""
    kinds = {"public": "everybody", "webhook": "provider", "token": "link"}
    who = kinds.get(route.access) or next(
        (name for name, roles in ROLES.items() if set(roles) == set(route.roles)), "anyone"
    )
    if who in OPEN:
        return Row(route.method, route.path, who)
    scope = f"{route.tag}:{'read' if route.method == 'GET' else 'write'}"
    return Row(route.method, route.path, who, scope, route.critical)
