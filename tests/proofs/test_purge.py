"""What is due is purged, and nothing else; the history of it stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.campus import Campus
from tests.proofs.planting import Key, Plot, Row
from tests.things import by_dependence, things


def trash(campus: Campus, tier: str) -> Plot:
    """A tenant with a live row in each deletable table, and one in the trash."""
    plot = Plot(campus, campus.user(tier=tier))
    plot.one_of_each("live")
    gone = Plot(campus, plot.user)
    gone.one_of_each("deleted")
    for kind in by_dependence():
        if things()[kind].restorable:
            assert gone.delete(kind, gone.some(kind)).status in (204, 404)
            assert campus.deliver() == []
    return plot


def promised(plot: Plot) -> timedelta:
    """How long the trash says that it keeps things."""
    [gone] = plot.campus.call("GET", "/v2/courses/trash", plot.user).data
    until, since = (datetime.fromisoformat(gone[name]) for name in ("purgeAt", "deletedAt"))
    return until - since


def age(plot: Plot, by: timedelta) -> None:
    for table, owner in plot.campus.rows("select table_name, owner from deletable"):
        plot.campus.admin.execute(
            f"update {table} set deleted_at = now() - %s::interval"
            f" where {owner} = %s and deleted_at is not null",
            (by, plot.user.id),
        )


def history(plot: Plot) -> list[tuple[Any, ...]]:
    return plot.campus.rows("select * from event where user_id = %s order by id", plot.user.id)


def kept(plot: Plot) -> dict[Key, Row]:
    return {key: row for key, row in plot.rows().items() if key[0] != "task_creation"}


@pytest.mark.parametrize("tier", ["free", "premium"])
def test_only_what_is_due_is_purged_and_the_audit_keeps_its_events(campus: Campus, tier: str):
    due, early = trash(campus, tier), trash(campus, tier)
    age(due, promised(due) + timedelta(minutes=1))
    age(early, promised(early) - timedelta(minutes=1))
    before = {"due": kept(due), "early": kept(early)}
    gone = {key for key, row in before["due"].items() if row["deleted_at"]}
    assert {table for table, _ in gone} == {table for table, _ in before["due"]}
    told = history(due)
    assert campus.run("cleanup", "purge_trash")["failed"] == 0
    assert kept(due) == {key: row for key, row in before["due"].items() if key not in gone}
    assert kept(early) == before["early"]
    assert history(due) == told
    admin = campus.user(role="admin")
    [course] = [item for table, item in gone if table == "course"]
    path = f"/v2/admin/audit-entries?entity=course:{course}"
    types = {entry["type"] for entry in campus.call("GET", path, admin).data}
    assert {"course.created", "course.deleted"} <= types
