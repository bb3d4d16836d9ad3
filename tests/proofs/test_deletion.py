"""Deleted stays deleted, restored comes back exactly: any course of deletions and restorations."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel

from shared import limits
from tests.campus import Campus
from tests.proofs.planting import STAMPS, Key, Plot, Row, changed, still, tables
from tests.things import by_dependence, things

KINDS = [name for name in by_dependence() if things()[name].restorable]
number = st.integers(0, 5)
steps = st.lists(
    st.tuples(st.sampled_from(["delete", "restore"]), st.sampled_from(KINDS), number),
    min_size=3,
    max_size=12,
)
# For each new thing: its kind, and which of each kind of wholes it belongs to.
items = st.lists(st.tuples(st.sampled_from(KINDS), number), min_size=2, max_size=6)
some = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

# What is no thing of its own: what counts against the plan, and parts that go with their item.
UNTOLD = {"task_creation", "occurrence", "session_review"}


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    """Limits have tests of their own."""
    monkeypatch.setattr(limits, "BY_TIER", dict.fromkeys(limits.BY_TIER, 10**9))
    monkeypatch.setattr(limits, "BY_KIND", dict.fromkeys(limits.BY_KIND, 10**9))


def plot(campus: Campus, wanted: list[tuple[str, int]]) -> Plot:
    """Two courses and other things; some belong to nothing, where they need not."""
    made = Plot(campus, campus.user(tier="premium"))
    for _ in range(2):
        made.plant("course")
    for kind, which in wanted:
        choices = {name: wholes(made, kind, name) for name in things()[kind].holes()}
        made.plant(kind, **{n: found[which % len(found)] for n, found in choices.items() if found})
    assert campus.deliver() == []
    return made


def wholes(made: Plot, kind: str, of: str) -> list[str | None]:
    """What a new thing of a kind may belong to; a part of its own kind to the first, no part."""
    known: list[str | None] = [None] if of in things()[kind].optional() else []
    return known + (made.ids(of)[:1] if of == kind else made.ids(of))


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
        previewed = self.plot.preview(kind, item) if verb == "delete" else None
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
                self._as_previewed(previewed.data["counts"], moved - {(kind, item)})
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
        names = {to_camel(table) + "s": table for table in tables(self.plot.campus)}
        taken = Counter(table for table, _ in moved)
        assert counts == {name: taken.pop(names[name], 0) for name in counts}
        assert set(taken) <= UNTOLD, "it takes what it did not tell of"


@some
@given(wanted=items, course=steps)
def test_a_restoration_brings_back_exactly_what_its_deletion_took(
    campus: Campus, wanted: list[tuple[str, int]], course: list[tuple[str, str, int]]
):
    ledger = Ledger(plot(campus, wanted))
    for verb, kind, which in course:
        ledger.take(verb, kind, which)
