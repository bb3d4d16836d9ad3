"""Deleted stays deleted, restored comes back exactly: any course of deletions and restorations."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import limits
from tests.campus import Campus
from tests.proofs.planting import ITEMS, STAMPS, Key, Plot, Row, changed, still

KINDS = sorted(ITEMS)
number = st.integers(0, 5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("delete"), st.sampled_from(KINDS), number),
        st.tuples(st.just("restore"), st.sampled_from(KINDS), number),
        st.tuples(st.just("delete"), st.just("course"), number),
        st.tuples(st.just("restore"), st.just("course"), number),
    ),
    min_size=3,
    max_size=12,
)
# For each new item: its kind, its course and (of assignments) the assignment that it is a part of.
items = st.lists(st.tuples(st.sampled_from(KINDS), number, number), min_size=2, max_size=6)
some = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    """Limits have tests of their own."""
    monkeypatch.setattr(limits, "BY_TIER", dict.fromkeys(limits.BY_TIER, 10**9))
    monkeypatch.setattr(limits, "BY_KIND", dict.fromkeys(limits.BY_KIND, 10**9))


def plot(campus: Campus, wanted: list[tuple[str, int, int]]) -> Plot:
    """Two courses with items; every third item has no course, where it needs none."""
    made = Plot(campus, campus.user(tier="premium"))
    courses = [made.plant("course", "Logic"), made.plant("course", "Sets")]
    for kind, course, parent in wanted:
        links: dict[str, Any] = {}
        if kind == "lecture" or course % 3:
            links["courseId"] = courses[course % 2]
        wholes = made.ids("assignment")[:1]
        if kind == "assignment" and parent % 2 and wholes:
            links["parentId"] = wholes[0]
        made.plant(kind, **links)
    assert campus.deliver() == []
    return made


class Ledger:
    """What each deletion took, as it was before."""

    def __init__(self, made: Plot) -> None:
        self.plot = made
        self.taken: dict[str, dict[Key, Row | None]] = {}

    def take(self, verb: str, kind: str, which: int) -> None:
        """Carry out a step and hold it to its promise."""
        known = self.plot.ids(kind)
        if not known:
            return
        item = known[which % len(known)]
        before = self.plot.rows()
        previewed = self.plot.preview(item) if (verb, kind) == ("delete", "course") else None
        answer = getattr(self.plot, verb)(kind, item)
        assert self.plot.campus.deliver() == []
        after = self.plot.rows()
        moved = changed(before, after)
        if answer.status >= 400:
            assert answer.status in (404, 409), answer.text
            assert moved == set(), f"{verb} {kind} was refused and changed something"
        elif verb == "delete":
            self._deleted(before, after, moved)
            if previewed:
                self._as_previewed(previewed.data["counts"], moved)
        else:
            self._restored(str(before[kind, item]["deletion_id"]), after, moved)
        assert self.plot.orphans() == []

    def _deleted(self, before: dict[Key, Row], after: dict[Key, Row], moved: set[Key]) -> None:
        deletions = {after[key]["deletion_id"] for key in moved if key in after}
        assert len(deletions) == 1, "a deletion has one id"
        for key in moved & after.keys():
            assert before[key].get("deleted_at") is None, "what was deleted keeps its deletion"
            assert after[key]["deleted_at"] is not None
            assert after[key]["deleted_by"] == str(self.plot.user.id)
            assert still({**after[key], **dict.fromkeys(STAMPS)}) == still(before[key])
        self.taken[deletions.pop()] = {key: still(before[key]) for key in moved}

    def _restored(self, deletion: str, after: dict[Key, Row], moved: set[Key]) -> None:
        """What lies under something that another deletion took goes over to that deletion."""
        taken = self.taken.pop(deletion)
        over = {key for key in moved & after.keys() if after[key].get("deletion_id")}
        for key in over:
            self.taken[after[key]["deletion_id"]][key] = taken[key]
        counted = {("task_creation", item) for _, item in over}
        assert moved - counted == taken.keys() - counted, "exactly what the deletion took"
        for key in taken.keys() - over - counted:
            assert still(after[key]) == taken[key]

    def _as_previewed(self, counts: dict[str, int], moved: set[Key]) -> None:
        names = {"assignment": "assignments", "lecture": "lectures", "reminder": "reminders"}
        names["study_session"] = "studySessions"
        for table, name in names.items():
            assert counts[name] == sum(key[0] == table for key in moved), name


@some
@given(wanted=items, course=steps)
def test_a_restoration_brings_back_exactly_what_its_deletion_took(
    campus: Campus, wanted: list[tuple[str, int, int]], course: list[tuple[str, str, int]]
):
    ledger = Ledger(plot(campus, wanted))
    for verb, kind, which in course:
        ledger.take(verb, kind, which)
