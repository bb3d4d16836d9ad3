"""What an organization shares with its members, and no more: each thing is seen by whom `things.py`
says (`seen_by`), as long as the membership lasts.

Generated from the routes that lead to something of one person or organization.
"""

from uuid import UUID

import pytest

from shared.ids import uuid7
from shared.routing import Route
from shared.versions import versions
from tests.campus import Campus, User
from tests.proofs.planting import Plot
from tests.proofs.recipes import needed
from tests.proofs.routes import every_route, path_of, route_id
from tests.things import named, things

LEADING = [
    (version, route)
    for _, version, route in every_route()
    if version == "v2" and route.method == "GET" and route.access == "user" and not route.roles
    and UUID in route.parameters.values()
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(campus: Campus) -> Plot:
    """One of each thing, of somebody whose courses are open to an organization."""
    plot = Plot(campus, campus.user(tier="premium"))
    plot.one_of_each()
    campus.admin.execute(
        "update course set organization_id = %s, visibility = 'organization', status = 'published'"
        " where user_id = %s",
        (plot.some("organization"), plot.user.id),
    )
    return plot


@pytest.fixture(scope="module")
def members(campus: Campus, shared: Plot) -> dict[str, User]:
    """Somebody who learns there, and somebody who did."""
    found = {"member": campus.user(), "left": campus.user()}
    for name, person in found.items():
        campus.admin.execute(
            "insert into membership (id, organization_id, owner_id, user_id, role, deleted_at)"
            " values (%s, %s, %s, %s, 'student', case when %s then now() end)",
            (uuid7(), shared.some("organization"), shared.user.id, person.id, name == "left"),
        )
    return found


def private(plot: Plot) -> set[str]:
    """The ids that nobody sees but the owner."""
    return {known for kind, known in plot.planted if things()[kind].seen_by == "owner"}


@pytest.mark.parametrize(("version", "route"), LEADING, ids=route_id)
def test_a_member_sees_what_is_shared_and_nothing_else(
    campus: Campus, shared: Plot, members: dict[str, User], version: str, route: Route
):
    path = f"{path_of(version, route, shared.values(route))}?{needed(route, versions()[version])}"
    assert campus.call("GET", path, shared.user).status == 200
    seen = campus.call("GET", path, members["member"])
    assert not {known for known in private(shared) if known in seen.text}
    name = list(route.parameters)[-1]
    if route.path.endswith("{" + name + "}") and name.endswith("_id"):
        kind = things()[named(name)[0]]
        assert (seen.status == 200) == (kind.seen_by == "members"), (
            f"{seen.status}: who sees a {kind.name}? Thing(..., seen_by=...)"
        )
    assert campus.call("GET", path, members["left"]).status in (403, 404)
