"""The authorization matrix of roles: every route of an organization and of a course against
everybody who is something in it, by the table `roles.txt`.

    PATCH /organizations/{organization_id} owner admin

`owner` owns the organization and its course, `admin`, `instructor` and `member` belong to the
organization, `student` is enrolled in the course and nothing else. Whoever is not named is refused:
strangers by 404, as if it were not there. A line without roles is for what is in the trash, which
nobody does to a live one.
"""

from pathlib import Path

import pytest

from shared import limits
from shared.ids import uuid7
from shared.routing import Route
from tests.campus import Answer, Campus, User
from tests.functions.courses.organizations import join
from tests.proofs.planting import Plot
from tests.proofs.routes import every_route, path_of, route_id
from tests.things import things

TABLE = Path(__file__).with_name("roles.txt")
WHOLES = (
    "/organizations/{organization_id}",
    "/courses/{course_id}",
    "/lessons/{lesson_id}",
    "/enrichments/{enrichment_id}",
)
ROUTES = [item for item in every_route() if item[1] == "v2" and item[2].path.startswith(WHOLES)]
PEOPLE = ("stranger", "student", "member", "instructor", "admin", "owner")


def rows() -> dict[tuple[str, str], set[str]]:
    """Who may call each route, by method and path."""
    found: dict[tuple[str, str], set[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        method, path, *roles = line.split()
        assert set(roles) < set(PEOPLE), line
        found[method, path] = set(roles)
    return found


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))


class Place:
    """An organization with a course, and somebody of every kind."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self.people: dict[str, User] = {
            name: campus.user(role="admin" if name == "owner" else "user") for name in PEOPLE
        }
        self.plot = Plot(campus, self.people["owner"])
        self.plot.one_of_each()
        self.settle()
        organization = {"id": self.plot.some("organization")}
        for name, role in (("admin", "admin"), ("instructor", "instructor"), ("member", "student")):
            join(campus, organization, self.people[name], role)
        campus.admin.execute(
            "insert into enrollment (id, course_id, owner_id, user_id)"
            " select %s, id, user_id, %s from course where id = %s",
            (uuid7(), self.people["student"].id, self.plot.some("course")),
        )

    def settle(self) -> None:
        """The owner's courses are the organization's, for its members to see."""
        self.campus.admin.execute(
            "update course set organization_id = %s, visibility = 'organization'"
            " where user_id = %s",
            (self.plot.some("organization"), self.people["owner"].id),
        )

    def call(self, name: str, route: Route, last: str = "") -> Answer:
        """The route on the owner's things, or on another one of the last kind in its path."""
        values = self.plot.values(route)
        if last:
            values[list(route.parameters)[-1]] = last
        body = self.plot.body(route.body[1]) if route.body else None
        key = {"Idempotency-Key": str(uuid7())}
        path = path_of("v2", route, values)
        return self.campus.call(route.method, path, self.people[name], body, key)

    def another(self, route: Route) -> str:
        """A fresh thing to delete, so that the others stay."""
        kind = list(route.parameters)[-1].removesuffix("_id")
        if route.method != "DELETE" or kind not in things() or kind == "organization":
            return ""
        made = self.plot.plant(kind)
        self.settle()
        return made


@pytest.fixture(scope="module")
def place(campus: Campus) -> Place:
    return Place(campus)


@pytest.mark.parametrize(("domain", "version", "route"), ROUTES, ids=route_id)
def test_a_stranger_meets_nothing(
    campus: Campus, place: Place, domain: str, version: str, route: Route
):
    answer = place.call("stranger", route)
    assert answer.status == 404, f"{route.method} {route.path}: {answer.text[:300]}"


@pytest.mark.parametrize(
    ("domain", "version", "route"),
    [item for item in ROUTES if (item[2].method, item[2].path) in rows()],
    ids=route_id,
)
def test_a_route_is_for_whom_the_table_names_and_nobody_else(
    campus: Campus, place: Place, domain: str, version: str, route: Route
):
    allowed = rows()[route.method, route.path]
    for name in PEOPLE[1:]:
        if name in allowed and name == "owner" and route.path == WHOLES[0]:
            continue  # what it does to the whole has tests of its own, and would end this one
        answer = place.call(name, route, place.another(route) if name in allowed else "")
        where = f"{name}: {route.method} {route.path}: {answer.status} {answer.text[:300]}"
        if name in allowed:
            assert answer.status not in (403, 404), where
        elif not allowed and name == "owner":
            assert answer.status in (404, 409), where
        else:
            assert answer.status in (403, 404), where


def test_every_route_of_an_organization_is_in_the_table():
    known = {(r.method, r.path) for _, _, r in ROUTES if r.path.startswith(WHOLES[0])}
    listed = {key for key in rows() if key[1].startswith(WHOLES[0])}
    assert known == listed, f"review who may, and put it into {TABLE}"


def test_the_table_has_no_row_without_a_route():
    assert set(rows()) <= {(route.method, route.path) for _, _, route in ROUTES}
