"""The version layer: chains of changes, and what follows from their edits."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import inputs, translation, versions
from shared.errors import Refusal
from shared.models import Model, Query
from shared.versions import Change, OnlyNewer, OnlyOlder, Rename, Replace, Version


class Room(Model):
    """What lies inside."""

    seat_count: int
    on_floor: str = "ground"


class RoomSeats(Change):
    """`seats` became `seatCount`."""

    older, newer = "v2", "v3"
    models = (Room,)
    edits = (Rename(newer="seat_count", older="seats"),)


class RoomFloors(Change):
    """`level` became `onFloor`."""

    models = (Room,)
    edits = (Replace(newer="on_floor", older="level", older_type=str),)


class Lesson(Model):
    """A newest shape that two older versions see differently."""

    starts_at: str
    minutes: int
    status: str
    notes: str = ""
    rooms: list[Room]


class LessonNamesChanged(Change):
    """`begin` became `startsAt`."""

    older, newer = "v1", "v2"
    models = (Lesson,)
    edits = (
        Rename(newer="starts_at", older="begin"),
        OnlyNewer("notes"),
        OnlyOlder(
            "seats_of_all",
            int,
            downgrade=lambda lesson: sum(room["seats"] for room in lesson.get("rooms", ())),
        ),
    )


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
CHANGES = {model: versions._CHANGES.pop(model) for model in (Lesson, Room)}
CACHES = (
    versions.chain,
    versions.newer_versions,
    *(found for found in vars(translation).values() if hasattr(found, "cache_clear")),
)

V1 = Version("v1", snake_case=True, lenient=True)
V2 = Version("v2")
V3 = Version("v3")


@pytest.fixture(autouse=True)
def three_versions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "_TABLE", (V1, V2, V3))
    monkeypatch.setattr(versions, "LATEST", V3)
    for model, found in CHANGES.items():
        monkeypatch.setitem(versions._CHANGES, model, found)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


def test_an_answer_goes_down_through_every_step():
    document = {"starts_at": "8:00", "minutes": 120, "status": "done", "notes": "x"}
    assert translation.to_wire(V3, Lesson, document) == {
        "startsAt": "8:00",
        "minutes": 120,
        "status": "done",
        "notes": "x",
    }
    assert translation.to_wire(V2, Lesson, document) == {
        "startsAt": "8:00",
        "hours": 2,
        "done": True,
        "notes": "x",
        "label": "120 min",
    }
    assert translation.to_wire(V1, Lesson, document) == {
        "begin": "8:00",
        "hours": 2,
        "done": True,
        "label": "120 min",
        "seats_of_all": 0,
    }


def test_what_lies_inside_goes_down_with_what_holds_it():
    rooms = [{"seat_count": 3}, {"seat_count": 4}]
    document = {"starts_at": "8:00", "minutes": 60, "rooms": rooms}
    found = [translation.to_wire(version, Lesson, document) for version in (V1, V2, V3)]
    assert [answer["rooms"][0] for answer in found] == [
        {"seats": 3},
        {"seats": 3},
        {"seatCount": 3},
    ]
    assert found[0]["seats_of_all"] == 7  # a conversion sees the older shape inside
    room = {"rooms": [{"seats": 3, "level": "first"}]}
    assert translation.from_older(V1, Lesson, room) == {
        "rooms": [{"seat_count": 3, "on_floor": "first"}]
    }


@given(
    begin=st.text(max_size=5),
    hours=st.integers(0, 50),
    done=st.booleans(),
    unknown=st.dictionaries(st.sampled_from(["x", "y", "notes"]), st.integers()),
)
def test_going_up_and_down_again_loses_no_declared_field(begin, hours, done, unknown):
    request = {"begin": begin, "hours": hours, "done": done, **unknown}
    newest = translation.from_older(V1, Lesson, request)
    back = translation.to_wire(V1, Lesson, newest)
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
    found = translation.from_older(V1, Lesson, sent, faults)
    told = {translation.spelled(V1, Lesson, fault["path"]) for fault in faults}
    assert ("/done" in told) == (not isinstance(value, bool))
    assert ("/hours" in told) == (type(value) is not int)
    assert found.get("starts_at") == value
    assert ("status" in found) == ("/done" not in told)
    translation.from_older(V1, Lesson, value)


def test_names_of_newer_versions_mean_nothing_in_an_older_one():
    sent = {"starts_at": "8:00", "minutes": 60, "status": "done", "notes": "x"}
    assert translation.from_older(V1, Lesson, sent) == {}


def test_a_version_that_is_not_lenient_tells_what_it_does_not_know():
    faults: list[dict[str, Any]] = []
    sent = {"startsAt": "8:00", "minutes": 60, "a/b": 1, "rooms": [{"seats": 1, "seatCount": 2}]}
    found = translation.from_older(V2, Lesson, sent, faults)
    assert found == {"starts_at": "8:00", "rooms": [{"seat_count": 1}]}
    assert [fault["pointer"] for fault in faults] == ["/minutes", "/a~1b", "/rooms/0/seatCount"]
    assert {fault["code"] for fault in faults} == {"extra_forbidden"}


def test_a_fault_of_an_early_step_is_told_by_the_names_after_all_steps():
    faults: list[dict[str, Any]] = []
    sent = {"hours": "two", "rooms": [{"seats": 1}, {"level": 1}]}
    translation.from_older(V1, Lesson, sent, faults)
    assert [translation.spelled(V1, Lesson, fault["path"]) for fault in faults] == [
        "/rooms/1/level",
        "/hours",
    ]


def test_pointers_are_in_the_callers_names():
    assert translation.spelled(V1, Lesson, ("starts_at",)) == "/begin"
    assert translation.spelled(V2, Lesson, ("starts_at",)) == "/startsAt"
    assert translation.spelled(V2, Lesson, ("minutes",)) == "/hours"
    assert translation.spelled(V2, Lesson, ("rooms", 1, "seat_count")) == "/rooms/1/seats"
    assert translation.spelled(V3, Lesson, ("starts_at",)) == "/startsAt"
    assert translation.spelled(V1, Lesson, ("minutes", 0, "a/b~c")) == "/hours/0/a~1b~0c"


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


class LessonQuery(Query):
    """What lessons are asked for."""

    status: str | None = None


def test_a_parameter_that_a_version_does_not_know_is_told():
    call: Any = SimpleNamespace(query=lambda: {"status": "done", "minutes": "60"})
    with pytest.raises(Refusal) as refused:
        inputs._query(call, LessonQuery, V2, inputs.Inputs())
    [told] = refused.value.details["errors"]
    assert told["pointer"] == "/minutes"
