"""One tenant's things, made, deleted and restored through the API, and what the database holds of
them. What there is to make, each domain's `things.py` says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.ids import uuid7
from shared.models import Model
from shared.routing import Route
from tests.campus import Answer, Campus, User
from tests.proofs.routes import path_of
from tests.things import (
    Thing,
    body_for,
    domain_of,
    filled,
    named,
    needed_ids,
    place,
    said,
    things,
)

Row = dict[str, Any]
Key = tuple[str, str]
STAMPS = ("deleted_at", "deleted_by", "deletion_id")
# What moves on with every change of a row.
MOVING = ("version", "updated_at")


@dataclass
class Plot:
    """One tenant's things."""

    campus: Campus
    user: User
    planted: list[Key] = field(default_factory=list)
    above: dict[str, dict[str, str]] = field(default_factory=dict)

    def plant(self, kind: str, words: str = "Ada", **of: str | None) -> str:
        """Create a thing with `words` in its texts. Returns its id.

        What it belongs to is named by `of` (None: nothing), else the first that there is; it is
        made when there is none. Only what may be missing can be None.
        """
        thing = things()[kind]
        ids = {f"{name}_id": self._parent(thing, name, of) for name in thing.holes()}
        made = thing.make(self) if thing.make else self._create(thing, words, ids)
        self.planted.append((kind, made))
        self.above[made] = {name: found for name, found in ids.items() if found}
        return made

    def _parent(self, thing: Thing, name: str, of: dict[str, str | None]) -> str | None:
        """None for a whole that a thing of the same kind need not have."""
        if name in of or (name == thing.name and name in thing.optional()):
            return of.get(name)
        return self.some(name)

    def _create(self, thing: Thing, words: str, ids: dict[str, str | None]) -> str:
        path, body = filled([thing.path.split("/"), thing.body], words, ids)
        made = self._call("POST", "/v2" + "/".join(path), body)
        assert made.status == 201, f"{thing.name}: {made.text}"
        return made.data["id"]

    def some(self, kind: str) -> str:
        """The id of the first of a kind."""
        known = self.ids(kind)
        return known[0] if known else self.plant(kind)

    def ids(self, kind: str) -> list[str]:
        return [found for planted, found in self.planted if planted == kind]

    def one_of_each(self, words: str = "Ada") -> None:
        """Plant what is not there yet."""
        for kind in things():
            if not self.ids(kind):
                self.plant(kind, words)

    def values(self, route: Route) -> dict[str, str]:
        """A value for each path parameter, of what is this tenant's; plants what is missing."""
        return {name: self.value(route, name) for name in route.parameters}

    def value(self, route: Route, name: str) -> str:
        """The value of one path parameter. Nothing known about it: fails."""
        domain = domain_of(route)
        upto = route.path.partition("{" + name + "}")[0] + "{" + name + "}"
        known: dict[str, str | Callable[[Plot], str]] = said("VALUES").get(domain, {})
        whole = (route.path,) if upto.count("{") == route.path.count("{") else ()
        for key in (*whole, upto, name):
            if key in known:
                value = known[key]
                return value if isinstance(value, str) else value(self)
        if name == "user_id":
            return str(self.user.id)
        assert name.endswith("_id"), (
            f"{route.path}: what is a {name}? Put {name!r} (or, if it is another one elsewhere,"
            f" {upto!r}) with a value, or a function of a Plot, into VALUES of {place(domain)}"
        )
        return self.some(named(name)[0])

    def body(self, model: type[Model]) -> Row:
        """A request of the newest version that speaks of this tenant's things, where it must."""
        return body_for(model, {name: self.some(named(name)[0]) for name in needed_ids(model)})

    def delete(self, kind: str, thing_id: str) -> Answer:
        return self._call("DELETE", self._at("DELETE", kind, thing_id))

    def restore(self, kind: str, thing_id: str) -> Answer:
        return self._call("POST", self._at("POST", kind, thing_id, "/restore"))

    def preview(self, kind: str, thing_id: str) -> Answer | None:
        """What a deletion would take, of kinds that tell."""
        route = things()[kind].route("DELETE")
        if route is None or route.query is None or "dry_run" not in route.query[1].model_fields:
            return None
        return self._call("DELETE", self._at("DELETE", kind, thing_id) + "?dryRun=true")

    def _at(self, method: str, kind: str, thing_id: str, below: str = "") -> str:
        route = things()[kind].route(method, below)
        assert route, f"no {method} of a {kind}{below}"
        return path_of("v2", route, {**self.above[thing_id], f"{kind}_id": thing_id})

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        key = {"Idempotency-Key": str(uuid7())}
        return self.campus.call(method, path, self.user, body, key)

    def rows(self) -> dict[Key, Row]:
        """Every row that a deletion can touch, and what counts against the plan."""
        owners = dict(self.campus.rows("select table_name, owner from deletable"))
        each = [
            f"select '{table}', to_jsonb(t) from {table} as t where {owner} = %(user)s"
            for table, owner in owners.items()
        ]
        each.append(
            "select 'task_creation', jsonb_build_object('id', item_id) from task_creation"
            " where user_id = %(user)s"
        )
        found = self.campus.rows(" union all ".join(each), {"user": self.user.id})
        return {(table, row["id"]): row for table, row in found}

    def orphans(self) -> list[tuple[str, str, str]]:
        """Live rows under deleted ones, by the policies that the schema declares."""
        each = [
            f"select '{child}', '{column}', c.id::text from {child} as c"
            f"  join {parent} as p on p.id = c.{column}"
            " where p.user_id = %(user)s and c.deleted_at is null and p.deleted_at is not null"
            for child, column, parent in links(self.campus)
        ]
        return self.campus.rows(" union all ".join(each), {"user": self.user.id})


def tables(campus: Campus) -> list[str]:
    """The deletable tables."""
    return [name for (name,) in campus.rows("select table_name from deletable order by 1")]


def links(campus: Campus) -> list[tuple[str, str, str]]:
    """Which rows go with which: the declared cascades, and those that events carry out: across
    domains there is no foreign key, but a column that is named after the other's table."""
    declared = campus.rows(
        "select child_table, child_column, parent_table from deletion_policy"
        " where action = 'cascade' order by 1, 2"
    )
    by_events = campus.rows(
        "select c.table_name, c.column_name, p.table_name from information_schema.columns as c"
        "  join deletable as d on d.table_name = c.table_name"
        "  join deletable as p on c.column_name = p.table_name || '_id'"
        " where c.table_schema = 'public' and not exists ("
        "       select from deletion_policy as o"
        "        where o.child_table = c.table_name and o.child_column = c.column_name)"
        " order by 1, 2"
    )
    return [*declared, *by_events]


def still(row: Row | None, *, but: tuple[str, ...] = MOVING) -> Row | None:
    """A row without what moves on."""
    return row and {name: value for name, value in row.items() if name not in but}


def changed(before: dict[Key, Row], after: dict[Key, Row]) -> set[Key]:
    """The rows that differ in more than what moves on."""
    return {
        key
        for key in before.keys() | after.keys()
        if still(before.get(key)) != still(after.get(key))
    }
