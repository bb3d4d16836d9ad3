"""A request of a caller whom the environment has admitted before: one round trip less, and no other
difference."""

from typing import Any

import pytest

from shared import arrivals, gate, limits
from shared.database import Command, Database, Result
from shared.driver import OperationalError
from shared.errors import Refusal
from shared.ids import uuid7
from tests.campus import Answer, Campus, User

LIST = "/v2/tasks/assignments"
ME = "/v2/users/me"


def trips(campus: Campus) -> int:
    return campus.lines[-1]["db_round_trips"]


def ask(campus: Campus, user: User, path: str = LIST) -> Answer:
    """A read after one that was admitted."""
    assert campus.call("GET", path, user).status == 200
    return campus.call("GET", path, user)


def change(campus: Campus, user: User, column: str, value: Any) -> None:
    campus.admin.execute(f"update app_user set {column} = %s where id = %s", (value, user.id))


def test_the_second_read_takes_one_round_trip_and_says_the_same(campus: Campus, user: User):
    first = campus.call("GET", ME, user)
    assert trips(campus) == 2
    second = campus.call("GET", ME, user)
    assert trips(campus) == 1
    assert (second.status, second.data) == (200, first.data)
    assert left(second) == left(first) - 1


BODY = {"title": "x", "dueAt": "2027-01-01T10:00:00Z"}


def left(answer: Answer) -> int:
    return int(answer.headers["X-RateLimit-Remaining"])


def count(campus: Campus, user: User) -> int:
    return campus.rows("select count(*) from assignment where user_id = %s", user.id)[0][0]


def test_a_write_takes_two_round_trips_and_a_repeated_one_is_replayed(campus: Campus, user: User):
    ask(campus, user)
    key = {"Idempotency-Key": "one"}
    made = campus.call("POST", LIST, user, BODY, key)
    assert (made.status, trips(campus)) == (201, 2)
    again = campus.call("POST", LIST, user, BODY, key)
    assert (again.status, again.text) == (201, made.text)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert left(again) == left(made) - 1
    assert count(campus, user) == 1


def test_a_write_of_somebody_who_was_suspended_since_leaves_nothing(campus: Campus, user: User):
    ask(campus, user)
    change(campus, user, "account_status", "suspended")
    assert campus.call("POST", LIST, user, BODY).error == "ACCOUNT_SUSPENDED"
    assert count(campus, user) == 0


def test_a_write_over_the_limit_leaves_nothing_and_is_counted_once(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    ask(campus, user)
    monkeypatch.setitem(limits.BY_KIND, "creates", 1)
    assert [campus.call("POST", LIST, user, BODY).status for _ in range(2)] == [201, 429]
    assert count(campus, user) == 1


def test_a_write_that_the_database_refuses_is_told_what_it_would_be_told_otherwise(
    campus: Campus, user: User
):
    taken = {"username": f"ada{uuid7().hex[-12:]}"}
    assert campus.call("PATCH", ME, campus.user(), taken).status == 200
    ask(campus, user)
    refused = campus.call("PATCH", ME, user, taken)
    assert campus.lines[-1]["attempts"] == 2
    gate._admitted.clear()
    assert (refused.status, refused.error) == (409, campus.call("PATCH", ME, user, taken).error)


@pytest.mark.parametrize(
    ("column", "value", "status"),
    [("account_status", "suspended", 403), ("role", "admin", 200), ("timezone", "Asia/Tokyo", 200)],
)
def test_whoever_has_changed_is_admitted_anew(
    campus: Campus, user: User, column: str, value: str, status: int
):
    ask(campus, user)
    change(campus, user, column, value)
    assert campus.call("GET", LIST, user).status == status
    assert campus.lines[-1]["attempts"] == 2
    if status == 200:
        assert (campus.call("GET", LIST, user).status, trips(campus)) == (200, 1)


def test_what_is_asked_now_counts_and_not_what_was_foreseen(campus: Campus, user: User):
    before = ask(campus, user, "/v2/users/me/entitlements").data
    change(campus, user, "subscription_tier", "premium")
    after = campus.call("GET", "/v2/users/me/entitlements", user).data
    assert (before["tier"], after["tier"]) == ("free", "premium")


def test_a_suspended_caller_is_told_so_and_not_what_is_wrong_with_the_request(
    campus: Campus, user: User
):
    ask(campus, user)
    change(campus, user, "account_status", "suspended")
    for path in (f"{LIST}?limit=0", f"{LIST}/{uuid7()}", f"{LIST}?fields=nonsense"):
        assert campus.call("GET", path, user).error == "ACCOUNT_SUSPENDED", path


def test_nobody_is_remembered_who_is_gone(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    def unknown(_: str) -> dict[str, str]:
        raise Refusal("INVALID_TOKEN")

    monkeypatch.setattr(arrivals, "pool_profile", unknown)
    ask(campus, user)
    campus.admin.execute("delete from identity where user_id = %s", (user.id,))
    assert campus.call("GET", LIST, user).status == 401


def test_refusals_say_how_many_requests_are_left(campus: Campus, user: User):
    ask(campus, user)
    missing = campus.call("GET", f"{LIST}/{uuid7()}", user)
    assert (missing.status, trips(campus)) == (404, 1)
    assert "RateLimit" in missing.headers


def test_a_read_without_a_statement_is_admitted_too(campus: Campus, user: User):
    ask(campus, user, "/v2/users/me/entitlements")
    assert trips(campus) == 1
    change(campus, user, "account_status", "suspended")
    assert campus.call("GET", "/v2/users/me/entitlements", user).status == 403


def test_an_environment_remembers_so_many_and_then_begins_anew(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gate, "_MOST_ADMITTED", 2)
    monkeypatch.setattr(gate, "_admitted", {})
    for _ in range(5):
        ask(campus, campus.user())
        assert len(gate._admitted) <= 2


def test_a_refusal_before_the_first_statement_is_for_admitted_callers(campus: Campus, user: User):
    beyond_the_plan = BODY | {"reminders": [5, 15, 30, 60]}
    ask(campus, user)
    refused = campus.call("POST", LIST, user, beyond_the_plan)
    assert (refused.status, campus.lines[-1]["attempts"]) == (403, 2)
    change(campus, user, "account_status", "suspended")
    assert campus.call("POST", LIST, user, beyond_the_plan).error == "ACCOUNT_SUSPENDED"


def test_a_lost_connection_is_opened_again(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    ask(campus, user)
    original, lost = Database.begin, [True]

    def begin(self: Database, *commands: Command, **options: Any) -> list[Result]:
        if lost.pop():
            lost.append(False)
            raise OperationalError("gone")
        lost.append(False)
        return original(self, *commands, **options)

    monkeypatch.setattr(Database, "begin", begin)
    assert campus.call("GET", LIST, user).status == 200
    assert campus.lines[-1]["attempts"] == 2


def test_a_read_that_is_refused_between_its_statements_counts(campus: Campus, user: User):
    before = ask(campus, user, ME)
    course = f"/v2/courses/{uuid7()}/share-links"
    assert campus.call("GET", course, user).status == 404
    assert left(campus.call("GET", ME, user)) == left(before) - 2
