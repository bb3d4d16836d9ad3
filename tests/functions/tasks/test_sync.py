"""Sync: a copy that follows its tokens is equal to what there is."""

import os
import time
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.tasks import sync
from tests.campus import Campus, User
from tests.functions.tasks.planning import (
    PATHS,
    course,
    create,
    delete_course,
    keyed,
    live,
    restore_course,
    tell,
)
from tests.functions.tasks.test_series import WEEKLY

LISTS = {"assignment": "assignments", "lecture": "lectures", "study_session": "studySessions"}


class Copy:
    """What a client holds that asks again and again."""

    def __init__(self, campus: Campus, user: User) -> None:
        self.campus, self.user = campus, user
        self.token = ""
        self.items: dict[str, Any] = {}
        self.occurrences: dict[str, Any] = {}

    def follow(self, *, at_once: bool = False) -> dict[str, Any]:
        """Take in everything that there is. Returns the last answer."""
        if not at_once:
            wait_for_others(self.campus)
        while True:
            query = f"?token={self.token}" if self.token else ""
            answer = self.campus.call("GET", f"/v2/tasks/sync{query}", self.user)
            assert answer.status == 200, answer.text
            self._take(answer.data)
            if not answer.data["hasMore"]:
                return answer.data

    def _take(self, data: dict[str, Any]) -> None:
        for name in LISTS.values():
            self.items |= {item["id"]: item for item in data[name]}
        for tombstone in data["deleted"]:
            self.items.pop(tombstone["id"], None)
        self.occurrences |= {item["id"]: item for item in data["occurrences"]}
        self.token = data["token"]


def wait_for_others(campus: Campus) -> None:
    """Until no transaction of the whole server began before now, those of other tests included:
    what is newer than the oldest of them is told later."""
    now = campus.rows("select pg_current_xact_id()::text::bigint")[0][0]
    oldest = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    for _ in range(6000):
        if campus.rows(oldest)[0][0] > now:
            return
        time.sleep(0.01)
    raise AssertionError("a transaction has been open for a minute")


@pytest.fixture
def copy(campus: Campus, premium: User) -> Copy:
    return Copy(campus, premium)


def test_everything_at_first_then_what_changed(campus: Campus, premium: User, copy: Copy):
    made = [create(campus, premium, kind) for kind in PATHS]
    copy.follow()
    assert copy.items == {item["id"]: item for item in made}
    assert sum(len(copy.follow()[name]) for name in LISTS.values()) == 0
    path = f"{PATHS['assignment']}/{made[0]['id']}"
    changed = campus.call("PATCH", path, premium, {"title": "Thesis"}).data
    campus.call("DELETE", f"{PATHS['lecture']}/{made[1]['id']}", premium)
    answer = copy.follow()
    assert answer["assignments"] == [changed]
    assert answer["deleted"] == [{"kind": "lecture", "id": made[1]["id"]}]
    assert copy.items.keys() == live(campus, premium)


def test_many_items_come_in_pages(
    campus: Campus, premium: User, copy: Copy, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sync, "ITEMS", 2)
    monkeypatch.setattr(sync, "FACTS", 2)
    for _ in range(5):
        create(campus, premium)
    copy.follow()
    assert copy.items.keys() == live(campus, premium)
    for item in sorted(copy.items):
        campus.call("DELETE", f"{PATHS['assignment']}/{item}", premium)
    copy.follow()
    assert copy.items == {}


def test_a_course_takes_its_items_out_of_the_copy_and_brings_them_back(
    campus: Campus, premium: User, copy: Copy
):
    of_course = course(campus, premium)
    made = create(campus, premium, courseId=str(of_course))
    copy.follow()
    tell(campus, premium, delete_course(campus, premium, of_course))
    assert copy.follow()["deleted"] == [{"kind": "assignment", "id": made["id"]}]
    tell(campus, premium, restore_course(campus, premium, of_course))
    assert [item["id"] for item in copy.follow()["assignments"]] == [made["id"]]


def test_occurrences_come_with_their_series(campus: Campus, premium: User, copy: Copy):
    made = create(campus, premium, "lecture", recurrence="FREQ=WEEKLY;COUNT=3")
    copy.follow()
    path = f"{PATHS['lecture']}/{made['id']}/occurrences/{WEEKLY[1].isoformat()}"
    changed = campus.call("PATCH", path, premium, {"status": "attended"}).data
    answer = copy.follow()
    assert ([item["id"] for item in answer["lectures"]], answer["occurrences"]) == (
        [made["id"]],
        [changed],
    )


def test_what_commits_late_is_not_missed(campus: Campus, premium: User, copy: Copy):
    made = create(campus, premium)
    copy.follow()
    with psycopg.connect(os.environ["DATABASE_URL"]) as late:
        late.execute("update assignment set title = 'Late' where id = %s", (made["id"],))
        late.execute(
            "insert into event (id, occurred_at, type, version, source, actor_type, user_id,"
            " entity_type, entity_id, entity_version, audience, correlation_id, data)"
            " select uuid7(), occurred_at, 'assignment.updated', version, source, actor_type,"
            " user_id, entity_type, entity_id, 2, audience, correlation_id, data from event"
            " where entity_id = %s limit 1",
            (made["id"],),
        )
        other = create(campus, premium)  # begins later, commits earlier
        copy.follow(at_once=True)
        assert copy.items[made["id"]]["title"] == "Essay"
        late.commit()
    copy.follow()
    assert copy.items[made["id"]]["title"] == "Late"
    assert other["id"] in copy.items


@pytest.mark.parametrize("token", ["x", "AAAA", "%00"])
def test_a_token_is_signed_for_its_user(campus: Campus, premium: User, copy: Copy, token: str):
    copy.follow()
    altered = f"/v2/tasks/sync?token={token}"
    assert campus.call("GET", altered, premium).error == "INVALID_CURSOR"
    foreign = campus.call("GET", f"/v2/tasks/sync?token={copy.token}", campus.user())
    assert foreign.error == "INVALID_CURSOR"


OPERATIONS = st.lists(
    st.sampled_from(["create", "change", "delete", "restore", "purge", "follow"]), max_size=12
)


@settings(max_examples=8, deadline=None)
@given(operations=OPERATIONS, data=st.data())
def test_a_copy_is_equal_whatever_happened(
    campus: Campus, operations: list[str], data: st.DataObject
):
    user = campus.user(tier="premium")
    copy, known, trash = Copy(campus, user), list[str](), list[str]()
    for operation in ("create", *operations):
        path, item = PATHS["assignment"], data.draw(st.sampled_from(known)) if known else None
        if operation == "create":
            known.append(create(campus, user)["id"])
        elif operation == "follow":
            copy.follow()
        elif operation == "restore" and trash:
            keyed(campus, "POST", f"{path}/{trash[-1]}/restore", user)
            known.append(trash.pop())
        elif operation == "change" and item:
            campus.call("PATCH", f"{path}/{item}", user, {"title": operation})
        elif operation in ("delete", "purge") and item:
            known.remove(item)
            trash += [item] if operation == "delete" else []
            end = "" if operation == "delete" else "/permanent"
            keyed(campus, "DELETE", f"{path}/{item}{end}", user)
    copy.follow()
    listed = campus.call("GET", f"{PATHS['assignment']}?limit=100", user).data
    assert copy.items == {item["id"]: item for item in listed}
