"""Any course of creating, deleting, restoring and removing courses and their items, by two people
who take part in each other's courses, agrees with a model of a page."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from shared import limits
from shared.ids import uuid7
from tests.campus import Campus
from tests.functions.tasks.planning import KINDS, PATHS, body, keyed
from tests.functions.tasks.test_courses_of_others import public_course


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))


people, number = st.sampled_from(["ada", "ben"]), st.integers(0, 9)


@dataclass
class Item:
    """An item as the model knows it: `deletion` None is live."""

    owner: str
    kind: str
    course: str | None
    deletion: str | None = None


@dataclass
class Shared:
    """A course as the model knows it."""

    owner: str
    deletion: str | None = None
    purged: bool = False


class Cascades(RuleBasedStateMachine):
    """Two people with courses in which the other one takes part, and items under all of them.

    What follows a course follows when the queues are drained, not before.
    """

    campus: Campus

    def __init__(self) -> None:
        super().__init__()
        self.people = {name: self.campus.user(tier="premium") for name in ("ada", "ben")}
        self.items: dict[str, Item] = {}
        self.courses: dict[str, Shared] = {}
        self.pending: list[tuple[str, str]] = []  # a course, and the deletion it was told of
        for name in self.people:
            self.begin(name)

    def picked(self, which: int, *, deleted: bool) -> tuple[str, Shared]:
        known = self.in_state(deleted=deleted)
        key = known[which % len(known)]
        return key, self.courses[key]

    def some(self, known: dict[str, Any], which: int) -> str:
        return list(known)[which % len(known)]

    def ask(self, name: str, method: str, path: str, given: Any = None) -> Any:
        return keyed(self.campus, method, path, self.people[name], given)

    def in_state(self, *, deleted: bool) -> list[str]:
        """The courses that are live, or in the trash."""
        known = self.courses.items()
        return [
            key for key, course in known if not course.purged and bool(course.deletion) == deleted
        ]

    @precondition(lambda self: len(self.courses) < 8)
    @rule(name=people)
    def begin(self, name: str) -> None:
        other = "ben" if name == "ada" else "ada"
        made = public_course(self.campus, self.people[name], self.people[other])
        self.courses[made] = Shared(name)

    @rule(name=people, kind=st.sampled_from(KINDS), which=number)
    def plan(self, name: str, kind: str, which: int) -> None:
        course = [*self.courses, None][which % (len(self.courses) + 1)]
        if course is None and kind == "lecture":
            return
        links: dict[str, Any] = {"courseId": course} if course else {}
        given = body(self.campus, self.people[name], kind, **links)
        answer = self.ask(name, "POST", PATHS[kind], given)
        closed = course and (self.courses[course].deletion or self.courses[course].purged)
        assert answer.status == (404 if closed else 201), answer.text
        if answer.status == 201:
            self.items[answer.data["id"]] = Item(name, kind, course)

    @precondition(lambda self: self.items)
    @rule(which=number)
    def delete_item(self, which: int) -> None:
        key = self.some(self.items, which)
        item = self.items[key]
        answer = self.ask(item.owner, "DELETE", f"{PATHS[item.kind]}/{key}")
        assert answer.status == (404 if item.deletion else 204), answer.text
        item.deletion = item.deletion or str(uuid7())

    @precondition(lambda self: self.items)
    @rule(which=number)
    def restore_item(self, which: int) -> None:
        key = self.some(self.items, which)
        item = self.items[key]
        answer = self.ask(item.owner, "POST", f"{PATHS[item.kind]}/{key}/restore")
        if item.deletion is None:
            assert answer.status == 404, answer.text
            return
        course = self.courses.get(item.course or "")
        held = course is not None and course.owner == item.owner and course.deletion is not None
        assert answer.status == (409 if held else 200), answer.text
        if not held:
            self._bring_back(item.owner, item.deletion)

    @precondition(lambda self: self.in_state(deleted=False))
    @rule(which=number)
    def delete_course(self, which: int) -> None:
        key, course = self.picked(which, deleted=False)
        assert self.ask(course.owner, "DELETE", f"/v2/courses/{key}").status == 204
        course.deletion = str(uuid7())
        self.pending.append((key, course.deletion))

    @precondition(lambda self: self.in_state(deleted=True))
    @rule(which=number)
    def restore_course(self, which: int) -> None:
        key, course = self.picked(which, deleted=True)
        assert self.ask(course.owner, "POST", f"/v2/courses/{key}/restore").status == 200
        self.pending.append((key, course.deletion or ""))
        course.deletion = None

    @precondition(lambda self: self.in_state(deleted=True))
    @rule(which=number)
    def purge_course(self, which: int) -> None:
        key, course = self.picked(which, deleted=True)
        assert self.ask(course.owner, "DELETE", f"/v2/courses/{key}/permanent").status == 204
        self.pending.append((key, ""))
        course.deletion, course.purged = None, True

    @rule(backwards=st.booleans())
    def drain(self, backwards: bool) -> None:
        if backwards:
            self.campus.bus.waiting.reverse()
            self.pending.reverse()
        assert self.campus.deliver() == []
        for key, deletion in self.pending:
            self._follow(key, self.courses[key], deletion)
        self.pending.clear()
        self._compare()

    def teardown(self) -> None:
        self.drain(False)

    def _follow(self, key: str, course: Shared, told: str) -> None:
        own = {k: i for k, i in self.items.items() if i.course == key and i.owner == course.owner}
        if course.purged:
            for gone in own if not told else ():
                del self.items[gone]
            return
        if course.deletion != told:
            self._bring_back(course.owner, told)
        for item in own.values():
            if course.deletion and item.deletion is None:
                item.deletion = course.deletion

    def _bring_back(self, owner: str, deletion: str) -> None:
        for item in self.items.values():
            if item.owner == owner and item.deletion == deletion:
                item.deletion = None

    def _compare(self) -> None:
        for name, person in self.people.items():
            rows = self.campus.rows(
                "select id::text, deletion_id::text, course_id::text from task_item"
                " where user_id = %s",
                person.id,
            )
            own = {key: item for key, item in self.items.items() if item.owner == name}
            assert {key: of for key, _, of in rows} == {k: i.course for k, i in own.items()}
            there = {key: deletion for key, deletion, _ in rows}
            assert {key for key in there if not there[key]} == {
                key for key, item in own.items() if not item.deletion
            }
            assert together(there) == together({k: i.deletion for k, i in own.items()})


def together(deletions: dict[str, str | None]) -> set[frozenset[str]]:
    """What has gone together, whatever the deletions are called."""
    return {
        frozenset(key for key, found in deletions.items() if found == deletion)
        for deletion in set(deletions.values()) - {None}
    }


def test_any_course_of_steps_agrees_with_the_model(campus: Campus):
    run_state_machine_as_test(
        type("Machine", (Cascades,), {"campus": campus}),
        settings=settings(
            max_examples=6,
            phases=[Phase.generate],  # a failing course of steps is short enough to be read
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
