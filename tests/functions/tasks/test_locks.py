"""After a downgrade the newest items within the plan's limit stay writable, older are locked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import plans
from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import KINDS, PATHS, create, keyed

LIMITS = {"free": 2, "premium": 4}
DAYS = 24 * 60


@pytest.fixture(scope="module", autouse=True)
def small_plans() -> Iterator[None]:
    """Plans whose limits are soon reached."""
    with pytest.MonkeyPatch.context() as patch:
        for tier, limit in LIMITS.items():
            plan = plans.PLANS[tier]._replace(new_tasks_in_30_days=limit)
            patch.setitem(plans.PLANS, tier, plan)
        yield


@dataclass
class Item:
    """An item as the rules see it: its age in minutes, and whether it counts."""

    id: str
    kind: str
    age: int = 0
    counts: bool = True
    deleted: bool = False
    purged: bool = False


@dataclass
class Ledger:
    """The rules, plainly: what was made counts for 30 days, unless it was deleted at once."""

    tier: str = "free"
    items: list[Item] = field(default_factory=list[Item])

    def window(self) -> list[Item]:
        """What counts, the newest first."""
        return [i for i in reversed(self.items) if i.counts and i.age < 30 * DAYS]

    def locked(self) -> set[str]:
        beyond = self.window()[LIMITS[self.tier] :]
        return {item.id for item in beyond if not item.deleted and not item.purged}

    def live(self) -> list[Item]:
        return [item for item in self.items if not item.deleted and not item.purged]


STEPS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(["assignment", "study_session"])),
    st.tuples(st.just("tier"), st.sampled_from(sorted(LIMITS))),
    st.tuples(st.just("age"), st.sampled_from([1, 10, 10 * DAYS, 29 * DAYS])),
    st.tuples(st.sampled_from(["delete", "restore", "purge"]), st.integers(0, 9)),
)


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(STEPS, min_size=4, max_size=16))
def test_any_history_locks_what_the_rules_say(campus: Campus, steps: list[tuple[str, Any]]):
    user, ledger = campus.user(), Ledger()
    for step in [*steps, ("tier", "free")]:
        take(campus, user, ledger, *step)
        assert shown_as_locked(campus, user) == ledger.locked(), step
    for item in ledger.live():
        answer = campus.call("PATCH", f"{PATHS[item.kind]}/{item.id}", user, {"reminders": [5]})
        assert (answer.status == 403) == (item.id in ledger.locked()), answer.text


def take(campus: Campus, user: User, ledger: Ledger, step: str, what: Any) -> None:
    """One step, in Campus and by the rules."""
    if step == "tier":
        change_tier(campus, user, what)
        ledger.tier = what
    elif step == "age":
        grow_older(campus, user, what)
        for item in ledger.items:
            item.age += what
    elif step == "create":
        full = len(ledger.window()) >= LIMITS[ledger.tier]
        given = {"title": "x", "dueAt": "2190-01-01T00:00:00Z"}
        if what == "study_session":
            given = {"topic": "x", "startsAt": "2190-01-01T00:00:00Z"}
        answer = campus.call("POST", PATHS[what], user, given)
        assert answer.status == (403 if full else 201), answer.text
        if not full:
            ledger.items.append(Item(answer.data["id"], what))
    elif ledger.items:
        move(campus, user, ledger.items[what % len(ledger.items)], step)


def move(campus: Campus, user: User, item: Item, step: str) -> None:
    path = f"{PATHS[item.kind]}/{item.id}"
    if step == "delete" and not (item.deleted or item.purged):
        assert campus.call("DELETE", path, user).status == 204
        item.deleted, item.counts = True, item.counts and item.age >= 5
    elif step == "restore" and item.deleted and not item.purged:
        assert keyed(campus, "POST", f"{path}/restore", user).status == 200
        item.deleted, item.counts = False, True
    elif step == "purge" and not item.purged:
        assert keyed(campus, "DELETE", f"{path}/permanent", user).status == 204
        item.purged = True


def change_tier(campus: Campus, user: User, tier: str) -> None:
    campus.admin.execute(
        "update app_user set subscription_tier = %s where id = %s", (tier, user.id)
    )


def grow_older(campus: Campus, user: User, minutes: int) -> None:
    for table in ("assignment", "lecture", "study_session", "task_creation"):
        campus.admin.execute(
            f"update {table} set created_at = created_at - make_interval(mins => %s)"
            " where user_id = %s",
            (minutes, user.id),
        )


def shown_as_locked(campus: Campus, user: User) -> set[str]:
    found = [item for kind in KINDS for item in campus.call("GET", PATHS[kind], user).data]
    return {item["id"] for item in found if item["locked"]}


def downgraded(campus: Campus) -> tuple[User, dict[str, str]]:
    """Somebody with one locked item of each kind, and with as many newer ones as are allowed."""
    user = campus.user(tier="premium")
    locked = {
        "assignment": create(campus, user, recurrence="FREQ=DAILY;COUNT=3")["id"],
        "study_session": create(campus, user, "study_session")["id"],
    }
    for _ in range(LIMITS["free"]):
        create(campus, user)
    change_tier(campus, user, "free")
    return user, locked


def refused(answer: Answer) -> dict[str, Any]:
    assert (answer.status, answer.error) == (403, "TASK_LIMIT_EXCEEDED"), answer.text
    return answer.json["error"]["details"]


def test_a_locked_item_takes_no_change_and_says_until_when(campus: Campus):
    user, locked = downgraded(campus)
    work, study = f"/{locked['assignment']}", f"/{locked['study_session']}"
    made = campus.call("GET", PATHS["assignment"] + work, user).data
    day = campus.rows(
        "select min(recurrence_id) from occurrence where assignment_id = %s",
        UUID(locked["assignment"]),
    )[0][0].isoformat()
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", PATHS["assignment"] + work, {"title": "Other"}),
        ("POST", PATHS["assignment"] + work + "/complete", None),
        ("POST", PATHS["assignment"] + work + "/reopen", None),
        ("PATCH", f"{PATHS['assignment']}{work}/occurrences/{day}", {"status": "done"}),
        ("PATCH", f"{PATHS['assignment']}{work}/occurrences/{day}?scope=all", {"title": "Other"}),
        ("PATCH", PATHS["study_session"] + study, {"notes": "Other"}),
        ("POST", PATHS["study_session"] + study + "/start", {}),
        ("POST", PATHS["study_session"] + study + "/reviews", {"quality": 4}),
        ("POST", PATHS["study_session"] + study + "/review-schedule", {}),
    ]
    told = campus.types(user)
    for method, path, asked in calls:
        details = refused(campus.call(method, path, user, asked))
        assert (details["limit"], details["used"]) == (2, 4), path
    assert campus.types(user) == told
    resets = datetime.fromisoformat(
        refused(campus.call("PATCH", PATHS["assignment"] + work, user, {}))["resetsAt"]
    )
    assert resets - datetime.fromisoformat(made["createdAt"]) == timedelta(days=30)
    assert campus.call("GET", PATHS["assignment"] + work, user).data == made
    change_tier(campus, user, "premium")
    assert campus.call("POST", PATHS["assignment"] + work + "/complete", user).status == 200


def test_a_locked_lecture_takes_no_change(campus: Campus):
    user = campus.user(tier="premium")
    made = create(campus, user, "lecture")
    for _ in range(LIMITS["free"]):
        create(campus, user)
    path = f"{PATHS['lecture']}/{made['id']}"
    assert campus.call("PATCH", path, user, {"title": "Other"}).status == 200
    change_tier(campus, user, "free")
    refused(campus.call("PATCH", path, user, {"title": "Third"}))
    assert campus.call("GET", path, user).data["title"] == "Other"
    stale = {"If-Match": '"v2-1"'}
    assert campus.call("PATCH", path, user, {"title": "Third"}, stale).status == 412


def test_deleting_is_always_allowed_and_a_batch_tells_of_each_item(campus: Campus):
    user, locked = downgraded(campus)
    item = {"kind": "assignment", "id": locked["assignment"]}
    operations = [
        {"action": "update", "data": {"title": "Other"}, **item},
        {"action": "complete", **item},
        {"action": "delete", **item},
        {"action": "restore", **item},
    ]
    answer = keyed(campus, "POST", "/v2/tasks/batch", user, {"operations": operations})
    assert [row["status"] for row in answer.data["results"]] == [403, 403, 204, 200]


def test_version_1_shows_no_locks_but_holds_them(campus: Campus):
    user, locked = downgraded(campus)
    path = f"/v1/tasks/assignments/{locked['assignment']}"
    assert "locked" not in campus.call("GET", path, user).data
    answer = campus.call("PATCH", path, user, {"title": "Other"})
    assert (answer.status, answer.json["error"]["code"]) == (403, "TASK_LIMIT_EXCEEDED")
