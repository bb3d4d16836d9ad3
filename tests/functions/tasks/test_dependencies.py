"""Dependencies between items of all kinds: an order without cycles, whatever is asked for."""

from concurrent.futures import ThreadPoolExecutor
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ids import uuid7
from tests.campus import Answer, Campus, User, pages
from tests.functions.tasks.planning import KINDS, PATHS, course, create, keyed

TYPES = ("blocking", "suggested", "parallel")
Item = dict[str, str]
Edge = tuple[int, int]


NEW = {
    "assignment": "insert into assignment (id, user_id, title, due_at) values (%s, %s, 'x', now())",
    "lecture": "insert into lecture (id, user_id, course_id, title, start_local, starts_at,"
    " duration_minutes) values (%s, %s, (select id from course where user_id = %s limit 1), 'x',"
    " date_trunc('minute', localtimestamp), now(), 60)",
    "study_session": "insert into study_session (id, user_id, topic, starts_at)"
    " values (%s, %s, 'x', now())",
}


def items(campus: Campus, user: User, number: int) -> list[Item]:
    """Items of all kinds in turns, made behind the back of their routes."""
    made: list[Item] = []
    course(campus, user)
    for at in range(number):
        item = {"kind": KINDS[at % len(KINDS)], "id": str(uuid7())}
        statement = NEW[item["kind"]]
        owner = [user.id] * (statement.count("%s") - 1)
        campus.admin.execute(statement, (item["id"], *owner))
        made.append(item)
    return made


def path(item: Item) -> str:
    return f"{PATHS[item['kind']]}/{item['id']}/dependencies"


def depend(campus: Campus, user: User, item: Item, on: Item, how: str = "blocking") -> Answer:
    return campus.call("POST", path(item), user, {"dependsOn": on, "type": how})


def test_what_blocks_an_item_is_a_list(campus: Campus, user: User):
    essay, reading = create(campus, user), create(campus, user, title="Read")
    session = create(campus, user, "study_session")
    item, on = ({"kind": "assignment", "id": made["id"]} for made in (essay, reading))
    free = {"kind": "study_session", "id": session["id"]}
    made = depend(campus, user, item, on)
    assert made.status == 201, made.text
    assert made.headers["Location"] == f"{path(item)}/{made.data['id']}"
    assert made.data["dependsOn"] == {**on, "title": "Read", "done": False}
    assert made.data["item"] == {**item, "title": "Essay", "done": False}
    also = depend(campus, user, item, free, "parallel").data
    assert campus.call("GET", path(item), user).data == [made.data, also]
    assert list(pages(campus, path(item), user, 1)) == [[made.data], [also]]
    blocking = f"{path(item)}?type=blocking&done=false"
    assert campus.call("GET", blocking, user).data == [made.data]
    assert campus.call("GET", f"{path(on)}?dependents=true", user).data == [made.data]
    assert campus.call("GET", path(on), user).data == []
    assert keyed(campus, "POST", f"{PATHS['assignment']}/{on['id']}/complete", user).status == 200
    assert campus.call("GET", blocking, user).data == []
    assert campus.call("DELETE", f"{path(item)}/{made.data['id']}", user).status == 204
    assert campus.call("GET", path(item), user).data == [also]
    assert campus.types(user).count("dependency.created") == 2
    assert campus.types(user)[-1] == "dependency.deleted"


def test_nothing_is_kept_from_being_done(campus: Campus, user: User):
    item, on, _ = items(campus, user, 3)
    assert depend(campus, user, item, on).status == 201
    assert campus.call("POST", f"{PATHS['assignment']}/{item['id']}/complete", user).status == 200


def test_a_lecture_is_done_when_its_times_are_over(campus: Campus, user: User):
    item = items(campus, user, 1)[0]
    past = create(campus, user, "lecture", startLocal="2026-01-01T10:00:00")
    ahead = create(campus, user, "lecture", startLocal="2026-01-01T10:00:00",
                   recurrence="FREQ=WEEKLY")  # fmt: skip
    for lecture, done in ((past, True), (ahead, False)):
        made = depend(campus, user, item, {"kind": "lecture", "id": lecture["id"]})
        assert made.data["dependsOn"]["done"] is done
    listed = campus.call("GET", f"{path(item)}?done=true", user).data
    assert [found["dependsOn"]["id"] for found in listed] == [past["id"]]


@pytest.mark.parametrize("how", TYPES)
def test_an_item_does_not_depend_on_itself_nor_twice_on_another(
    campus: Campus, user: User, how: str
):
    item, on, _ = items(campus, user, 3)
    itself = depend(campus, user, item, item, how)
    assert (itself.status, itself.error) == (409, "CONFLICT")
    assert itself.json["error"]["details"]["cycle"] == [item]
    assert depend(campus, user, item, on, how).status == 201
    again = depend(campus, user, item, on, how)
    assert (again.status, again.error) == (409, "ALREADY_EXISTS")


def test_an_item_is_found_by_its_own_kind_only(campus: Campus, user: User):
    item, on, _ = items(campus, user, 3)
    wrong = {**item, "kind": "lecture"}
    assert depend(campus, user, wrong, on).status == 404
    assert depend(campus, user, on, wrong).status == 404
    made = depend(campus, user, item, on).data["id"]
    assert campus.call("DELETE", f"{path(wrong)}/{made}", user).status == 404
    assert campus.call("GET", path(wrong), user).status == 404
    stale = campus.call("DELETE", f"{path(item)}/{made}", user, None, {"If-Match": '"v2-7"'})
    assert stale.status == 412
    assert len(campus.call("GET", path(item), user).data) == 1


class Model:
    """What there should be: dependencies, those in the trash too, and the items that are there."""

    def __init__(self, campus: Campus) -> None:
        self.campus, self.user = campus, campus.user(role="admin")
        self.items = items(campus, self.user, 6)
        self.edges: dict[Edge, str] = {}
        self.ids: dict[Edge, str] = {}
        self.trash: set[int] = set()

    def closes(self, item: int, on: int) -> bool:
        """Whether graphlib finds a cycle among what orders, with one more."""
        ordering = [edge for edge, how in self.edges.items() if how != "parallel"]
        before: dict[int, set[int]] = {at: set() for at in range(len(self.items))}
        for earlier, later in [*ordering, (item, on)]:
            before[earlier].add(later)
        try:
            TopologicalSorter(before).prepare()
        except CycleError:
            return True
        return False

    def add(self, item: int, on: int, how: str) -> None:
        answer = depend(self.campus, self.user, self.items[item], self.items[on], how)
        if {item, on} & self.trash:
            assert answer.status == 404
        elif item == on or (how != "parallel" and self.closes(item, on)):
            assert (answer.status, answer.error) == (409, "CONFLICT"), answer.text
            self.is_cycle(answer.json["error"]["details"]["cycle"], item, on)
        elif (item, on) in self.edges:
            assert (answer.status, answer.error) == (409, "ALREADY_EXISTS")
        else:
            assert answer.status == 201, answer.text
            self.edges[item, on], self.ids[item, on] = how, answer.data["id"]

    def is_cycle(self, told: list[Item], item: int, on: int) -> None:
        """It begins with the item; each depends on the next one, the last on the first."""
        way = [self.items.index(found) for found in told]
        steps = list(zip(way, [*way[1:], way[0]], strict=True))
        assert steps[0] == (item, on)
        assert all(self.edges[step] != "parallel" for step in steps[1:])
        assert len(set(way)) == len(way)

    def remove(self, item: int, on: int) -> None:
        made = self.ids.get((item, on))
        if made is None:
            return
        answer = self.campus.call("DELETE", f"{path(self.items[item])}/{made}", self.user)
        if {item, on} & self.trash:
            assert answer.status == 404
        else:
            assert answer.status == 204
            del self.edges[item, on], self.ids[item, on]

    def move(self, item: int, _: int) -> None:
        """Into the trash, or back."""
        place = f"{PATHS[self.items[item]['kind']]}/{self.items[item]['id']}"
        back = item in self.trash
        answer = keyed(self.campus, *(("POST", f"{place}/restore") if back else ("DELETE", place)),
                       self.user)  # fmt: skip
        assert answer.status in (200, 204)
        self.trash ^= {item}

    def holds(self) -> None:
        """The lists show what is between live items, and nothing else."""
        for at, item in enumerate(self.items):
            for query, end in (("", 0), ("?dependents=true", 1)):
                answer = self.campus.call("GET", path(item) + query, self.user)
                shown = {edge: how for edge, how in self.edges.items()
                         if edge[end] == at and not {*edge} & self.trash}  # fmt: skip
                assert answer.status == (404 if at in self.trash else 200)
                if at not in self.trash:
                    found = {made["id"]: made["type"] for made in answer.data}
                    assert found == {self.ids[edge]: how for edge, how in shown.items()}


number = st.integers(0, 5)
STEP = st.one_of(
    st.tuples(st.just("add"), number, number, st.sampled_from(TYPES)),
    st.tuples(st.just("add"), number, number, st.sampled_from(TYPES)),
    st.tuples(st.just("remove"), number, number),
    st.tuples(st.just("move"), number, number),
)


@settings(max_examples=20)
@given(steps=st.lists(STEP, min_size=6, max_size=24))
def test_exactly_what_closes_a_cycle_is_refused(campus: Campus, steps: list[Any]):
    model = Model(campus)
    for verb, *arguments in steps:
        getattr(model, verb)(*arguments)
    model.holds()


def test_what_closes_a_cycle_through_the_trash_is_refused(campus: Campus):
    model = Model(campus)
    for item, on in ((0, 1), (1, 2)):
        model.add(item, on, "blocking")
    model.move(1, 0)
    model.add(2, 0, "suggested")
    assert (2, 0) not in model.edges
    model.move(1, 0)
    model.holds()


def test_a_dependency_stays_in_the_trash_as_long_as_either_end(campus: Campus):
    model = Model(campus)
    model.add(0, 1, "blocking")
    for item in (0, 1, 0, 0, 1, 0):
        model.move(item, 0)
        model.holds()
    assert model.trash == set()
    assert model.edges == {(0, 1): "blocking"}


def test_purging_an_item_takes_its_dependencies(campus: Campus, user: User):
    item, on, _ = items(campus, user, 3)
    depend(campus, user, item, on)
    gone = f"{PATHS[on['kind']]}/{on['id']}/permanent"
    assert keyed(campus, "DELETE", gone, user).status == 204
    assert campus.rows("select 1 from dependency where user_id = %s", user.id) == []


def test_of_a_ring_that_is_asked_for_at_once_one_is_refused(campus: Campus):
    user = campus.user(role="admin")
    for _ in range(4):
        ring = items(campus, user, 4)
        pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
        with ThreadPoolExecutor(len(pairs)) as pool:
            answers = list(pool.map(lambda pair: depend(campus, user, *pair).status, pairs))
        assert sorted(answers) == [201, 201, 201, 409]


def test_none_hangs_on_an_item_that_is_deleted_meanwhile(campus: Campus):
    user = campus.user(role="admin")
    for _ in range(8):
        item, on, _ = items(campus, user, 3)
        with ThreadPoolExecutor(2) as pool:
            made = pool.submit(depend, campus, user, item, on)
            gone = pool.submit(campus.call, "DELETE", f"{PATHS[on['kind']]}/{on['id']}", user)
            assert (made.result().status in (201, 404), gone.result().status) == (True, 204)
    left = campus.rows(
        "select 1 from dependency as d join task_item as i on i.id in (d.item_id, d.on_id)"
        " where d.user_id = %s and d.deleted_at is null and i.deleted_at is not null",
        user.id,
    )
    assert left == []
