"""The version layer: chains of changes, and what follows from their edits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import versions
from shared.models import Model
from shared.versions import Change, OnlyNewer, OnlyOlder, Rename, Replace, Version


class Lesson(Model):
    """A newest shape that two older versions see differently."""

    starts_at: str
    minutes: int
    status: str
    notes: str = ""


class LessonNamesChanged(Change):
    """`begin` became `startsAt`."""

    older, newer = "v1", "v2"
    models = (Lesson,)
    edits = (Rename(newer="starts_at", older="begin"), OnlyNewer("notes"))


class LessonStatusChanged(Change):
    """`done` became `status`, `hours` became `minutes`; `label` is gone."""

    older, newer = "v2", "v3"
    models = (Lesson,)
    edits = (
        Replace(
            newer="status",
            older="done",
            older_type=bool,
            upgrade=lambda done: "done" if done else "open",
            downgrade=lambda status: status == "done",
        ),
        Replace(
            newer="minutes",
            older="hours",
            older_type=int,
            upgrade=lambda hours: hours * 60,
            downgrade=lambda minutes: minutes // 60,
        ),
        OnlyOlder("label", str, downgrade=lambda lesson: f"{lesson['minutes']} min"),
    )


# Known to these tests only: guides and documents are made of what is registered.
CHANGES = versions._CHANGES.pop(Lesson)

V1 = Version("v1", snake_case=True, lenient=True)
V2 = Version("v2", snake_case=True)
V3 = Version("v3")


@pytest.fixture(autouse=True)
def three_versions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "_TABLE", (V1, V2, V3))
    monkeypatch.setitem(versions._CHANGES, Lesson, CHANGES)
    versions.chain.cache_clear()
    yield
    versions.chain.cache_clear()


def test_an_answer_goes_down_through_every_step():
    document = {"starts_at": "8:00", "minutes": 120, "status": "done", "notes": "x"}
    assert versions.to_wire(V3, Lesson, document) == {
        "startsAt": "8:00",
        "minutes": 120,
        "status": "done",
        "notes": "x",
    }
    assert versions.to_wire(V2, Lesson, document) == {
        "starts_at": "8:00",
        "hours": 2,
        "done": True,
        "notes": "x",
        "label": "120 min",
    }
    assert versions.to_wire(V1, Lesson, document) == {
        "begin": "8:00",
        "hours": 2,
        "done": True,
        "label": "120 min",
    }


@given(
    begin=st.text(max_size=5),
    hours=st.integers(0, 50),
    done=st.booleans(),
    unknown=st.dictionaries(st.sampled_from(["x", "y", "notes"]), st.integers()),
)
def test_going_up_and_down_again_loses_no_declared_field(begin, hours, done, unknown):
    request = {"begin": begin, "hours": hours, "done": done, **unknown}
    newest = versions.from_older(V1, Lesson, request)
    back = versions.to_wire(V1, Lesson, newest)
    assert {name: back[name] for name in ("begin", "hours", "done")} == {
        "begin": begin,
        "hours": hours,
        "done": done,
    }
    assert set(newest) == {"starts_at", "minutes", "status"}


@given(
    value=st.one_of(
        st.none(),
        st.integers(-(2**63), 2**63),
        st.text(),
        st.lists(st.integers(0, 9)),
        st.booleans(),
        st.dictionaries(st.text(), st.integers(0, 9)),
    )
)
def test_a_value_of_the_wrong_type_is_left_out_and_told(value: Any):
    faults: list[dict[str, Any]] = []
    sent = {"begin": value, "hours": value, "done": value}
    found = versions.from_older(V1, Lesson, sent, faults)
    told = {versions.spelled(V1, Lesson, fault["path"]) for fault in faults}
    assert ("/done" in told) == (not isinstance(value, bool))
    assert ("/hours" in told) == (type(value) is not int)
    assert found.get("starts_at") == value
    assert ("status" in found) == ("/done" not in told)
    versions.from_older(V1, Lesson, value)


def test_names_of_newer_versions_mean_nothing_in_an_older_one():
    sent = {"starts_at": "8:00", "minutes": 60, "status": "done", "notes": "x"}
    assert versions.from_older(V1, Lesson, sent) == {}
    assert versions.from_older(V2, Lesson, sent) == {"starts_at": "8:00", "notes": "x"}


def test_pointers_are_in_the_callers_names():
    assert versions.spelled(V1, Lesson, ("starts_at",)) == "/begin"
    assert versions.spelled(V2, Lesson, ("starts_at",)) == "/starts_at"
    assert versions.spelled(V3, Lesson, ("starts_at",)) == "/startsAt"
    assert versions.spelled(V1, Lesson, ("minutes", 0, "a/b~c")) == "/hours/0/a~1b~0c"


def test_a_change_without_a_docstring_is_refused():
    with pytest.raises(TypeError, match="docstring"):
        type("Undocumented", (Change,), {"__doc__": None})


def test_a_sunset_is_never_before_its_deprecation(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        versions, "_TABLE", (Version("v1", deprecated_on=versions.date(2026, 9, 1)),)
    )
    dated = versions._with_dates(versions._TABLE[0], {"sunset": "2026-01-01"})
    assert dated.is_sunset
    assert dated.deprecated_on
    assert dated.sunset_on
    assert dated.deprecated_on < dated.sunset_on
