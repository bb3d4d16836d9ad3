"""`docs/routes.md`, `demands.txt` and the code say the same of the routes of tasks and courses, and
what a call tells is what the table says."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from infra.contracts.contracts import contracts
from shared import limits
from shared.ids import uuid7
from shared.routing import Route
from tests.campus import ROOT, Campus
from tests.proofs.demands import (
    DEMANDS,
    DOMAINS,
    TABLE,
    Row,
    demands,
    in_order,
    nameless,
    row_of,
    table,
)
from tests.proofs.planting import Plot
from tests.proofs.routes import path_of, route_id
from tests.things import domain_of, routes

DEMANDED = demands()
OURS = [route for route in routes() if domain_of(route) in DOMAINS]
WRITING = [route for route in OURS if route.writes or route.access == "token"]
KEYS = {(route.method, nameless(route.path)) for route in OURS}
# Types that no call of a client tells at once, and what does.
TOLD_LATER = {
    "course_items.followed": "tasks/subscribers.py",
    "streak.updated": "tasks/activity.py",
}
TOLD_BY_NOBODY = {
    "enrichment.failed": "by jobs, which generates: there is no such domain yet",
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_table_has_each_route_as_the_code_declares_it(domain: str):
    listed = table(domain)
    known = {row.facts: row for row in listed}
    declared = [row_of(route) for route in OURS if domain_of(route) == domain]
    lines = "\n".join(str(row) for row in in_order(declared) if row.facts not in known)
    assert not lines, f"put these into {TABLE}, with the events that they tell:\n{lines}"
    gone = known.keys() - {row.facts for row in declared}
    assert not gone, f"{TABLE} has lines of no route: {sorted(gone)}"
    assert listed == in_order(listed), f"{TABLE}: sort by path and method"


def test_what_is_demanded_is_there():
    lacking = DEMANDED.routes.keys() - KEYS - DEMANDED.missing - DEMANDED.waived
    assert not lacking, f"{DEMANDS.name} demands {sorted(lacking)}"
    versions = {(route.method, nameless(route.path)): route.versions for route in OURS}
    newer = {key for key in DEMANDED.in_v1 & KEYS if "v1" not in versions[key]}
    assert not newer, f"not in version 1: {sorted(newer)}"


def test_what_is_missing_is_missing_and_what_is_waived_is_not_there():
    there = (DEMANDED.missing | DEMANDED.waived) & KEYS
    assert not there, f"remove from {DEMANDS.name}: {sorted(there)}"
    strange = (DEMANDED.missing | DEMANDED.waived) - DEMANDED.routes.keys()
    assert not strange, f"nothing in {DEMANDS.name} demands {sorted(strange)}"
    assert not DEMANDED.missing, "the list of what is missing only shrinks, and it is empty"


def test_the_table_names_the_demanded_events():
    rows = {row.key: row.always | row.sometimes for domain in DOMAINS for row in table(domain)}
    lacking = {
        key: events - rows.get(key, frozenset())
        for key, events in DEMANDED.routes.items()
        if key in KEYS and events - rows.get(key, frozenset())
    }
    assert not lacking


def test_the_catalogue_has_a_contract_for_each_of_its_events():
    wanted = {f"{entity}.{verb}" for entity, verbs in DEMANDED.verbs.items() for verb in verbs}
    coming = set[str]().union(*(DEMANDED.routes[key] for key in DEMANDED.missing))
    assert wanted - contracts().keys() - coming == set()


def test_every_event_is_told_by_something():
    rows = [row for domain in DOMAINS for row in table(domain)]
    told = set[str]().union(*(row.always | row.sometimes for row in rows))
    known = contracts()
    modules = {known[name].__module__ for name in told}
    ours = {name for name, contract in known.items() if contract.__module__ in modules}
    assert ours == told | TOLD_LATER.keys() | TOLD_BY_NOBODY.keys()
    assert not told & (TOLD_LATER.keys() | TOLD_BY_NOBODY.keys())
    for name, place in TOLD_LATER.items():
        tree = ast.parse((ROOT / "functions" / place).read_text(encoding="utf-8"))
        made = {node.func.id for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert known[name].__name__ in made, f"{place} tells no {name}"


class Caller:
    """Somebody without limits who makes one call, and what has to be there for it."""

    def __init__(self, campus: Campus, route: Route) -> None:
        self.campus, self.route = campus, route
        self.plot = Plot(campus, campus.user(role="admin"))
        self.values = self.plot.values(route)
        self.body = self.plot.body(route.body[1]) if route.body else None

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        key = {"Idempotency-Key": str(uuid7())}
        answer = self.campus.call(method, path, self.plot.user, body, key)
        assert answer.status < 300, f"{method} {path}: {answer.text}"
        return answer

    def before(self, *verbs: str) -> None:
        """Take other steps with the same thing first."""
        one = path_of("v2", self.route, self.values).rpartition("/")[0]
        for verb in verbs:
            self.ask("POST", f"{one}/{verb}")

    def trash(self) -> None:
        """The thing that the path ends with is in the trash."""
        one = path_of("v2", self.route, self.values).rpartition("/")[0]
        self.ask("DELETE", one)

    def trashed_item(self) -> None:
        """What the calls of the trash of tasks are about."""
        item = self.plot.some("assignment")
        self.plot.delete("assignment", item)
        named = {"kind": "assignment", "id": item}
        self.body = {"/tasks/trash/restore": named}.get(
            self.route.path, {"action": "RESTORE", "items": [named]} if self.body else None
        )

    def asked_for(self) -> None:
        """An enrichment that is to be generated."""
        path = f"/v2/lessons/{self.plot.some('lesson')}/enrichments"
        self.values["enrichment_id"] = self.ask("POST", path, {"type": "summary"}).data["id"]

    def other_item(self) -> None:
        """What a study session depends on is not itself."""
        self.body = {"dependsOn": {"kind": "assignment", "id": self.plot.some("assignment")}}

    def somebody(self) -> None:
        """Whom something is shared with."""
        self.body = {"userId": str(self.campus.user().id), "permission": "use"}

    def foreign_template(self) -> None:
        """A template of somebody else that everybody may use: one's own is not rated."""
        owner = self.campus.user()
        body = {"name": "Lab", "kind": "assignment", "visibility": "public"}
        made = self.campus.call("POST", "/v2/tasks/templates", owner, body)
        self.values["template_id"] = made.data["id"]

    def told(self) -> set[str]:
        """The types of what the call tells."""
        path = path_of("v2" if self.route.versions else "", self.route, self.values)
        answer = self.ask(self.route.method, path, self.body)
        made = self.campus.rows(
            "select distinct type from event where correlation_id = %s",
            answer.headers["X-Correlation-Id"],
        )
        return {name for (name,) in made}


PREPARED: dict[str, Callable[[Caller], None]] = {
    "/study-sessions/{}/pause": lambda caller: caller.before("start"),
    "/study-sessions/{}/resume": lambda caller: caller.before("start", "pause"),
    "/study-sessions/{}/finish": lambda caller: caller.before("start"),
    "/assignments/{}/reopen": lambda caller: caller.before("complete"),
    "/courses/{}/publish": lambda caller: caller.before("archive"),
    "/enrichments/{}/attempts": lambda caller: caller.before("approve"),
    "/study-sessions/{}/dependencies": Caller.other_item,
    "/templates/{}/shares": Caller.somebody,
    "/templates/{}/rating": Caller.foreign_template,
    "/enrichments/{}/cancel": Caller.asked_for,
    "/tasks/trash/restore": Caller.trashed_item,
    "/tasks/trash/batch": Caller.trashed_item,
    "/tasks/trash/{}/{}": Caller.trashed_item,
    "/restore": Caller.trash,
    "/permanent": Caller.trash,
}


@pytest.mark.parametrize("route", WRITING, ids=route_id)
def test_a_call_tells_what_the_table_says(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, route: Route
):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    listed = {row.key: row for domain in DOMAINS for row in table(domain)}
    path = nameless(route.path)
    caller = Caller(campus, route)
    for ending, prepare in PREPARED.items():
        if path.endswith(ending):
            prepare(caller)
            break
    told, row = caller.told(), listed.get((route.method, path), Row("", "", "", "", ""))
    where = f"{route.method} {route.path} tells {sorted(told)}"
    assert row.always <= told <= row.always | row.sometimes, where
