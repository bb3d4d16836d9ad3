"""Terms: breaks suppress what says so, weeks are named."""

from datetime import timedelta
from typing import Any

import pytest

from tests.campus import Campus, User
from tests.functions.tasks.planning import create, keyed, reminders
from tests.functions.tasks.test_occurrences import rows
from tests.functions.tasks.test_series import WEEKLY

PATH = "/v2/tasks/terms"


def term(campus: Campus, user: User, **given: Any) -> dict[str, Any]:
    begins = WEEKLY[0].date()
    body = {"name": "Winter", "startsOn": str(begins), "endsOn": str(begins + timedelta(120))}
    answer = campus.call("POST", PATH, user, {**body, **given})
    assert answer.status == 201, answer.text
    return answer.data


def pause(week: int) -> dict[str, str]:
    day = WEEKLY[week].date()
    return {"name": "Holidays", "startsOn": str(day - timedelta(1)), "endsOn": str(day)}


def test_a_break_suppresses_the_series_that_say_so(campus: Campus, user: User):
    weekly = {"recurrence": "FREQ=WEEKLY;COUNT=5"}
    skipping = create(campus, user, "lecture", skipsBreaks=True, **weekly)["id"]
    going_on = create(campus, user, "lecture", **weekly)["id"]
    made = term(campus, user, breaks=[pause(1)])
    assert rows(campus, skipping) == [WEEKLY[0], *WEEKLY[2:]]
    assert rows(campus, going_on) == WEEKLY
    pending = [status for status, _ in reminders(campus, user)].count("pending")
    assert pending == 9
    later = create(campus, user, "lecture", skipsBreaks=True, **weekly)["id"]
    assert rows(campus, later) == [WEEKLY[0], *WEEKLY[2:]]
    path = f"{PATH}/{made['id']}"
    changed = campus.call("PATCH", path, user, {"breaks": [pause(3)]})
    assert (changed.status, changed.data["version"]) == (200, 2), changed.text
    assert rows(campus, skipping) == [*WEEKLY[:3], WEEKLY[4]]
    assert campus.call("DELETE", path, user).status == 204
    assert rows(campus, skipping) == WEEKLY
    assert keyed(campus, "POST", f"{path}/restore", user).status == 200
    assert rows(campus, skipping) == [*WEEKLY[:3], WEEKLY[4]]
    assert keyed(campus, "DELETE", f"{path}/permanent", user).status == 204
    assert rows(campus, skipping) == WEEKLY
    kinds = [name for name in campus.types(user) if name.startswith("term.")]
    assert kinds == [
        f"term.{verb}" for verb in ("created", "updated", "deleted", "restored", "purged")
    ]


def test_weeks_are_called_a_and_b_in_turns(campus: Campus, user: User):
    term(campus, user, weekAOn=str(WEEKLY[0].date()))
    names = [
        campus.call("GET", f"/v2/tasks/calendar?weekStart={at.date()}", user).data["weekName"]
        for at in WEEKLY
    ]
    assert names == ["A", "B", "A", "B", "A"]
    before = WEEKLY[0].date() - timedelta(30)
    found = campus.call("GET", f"/v2/tasks/calendar?weekStart={before}", user).data
    assert found["weekName"] is None


def test_terms_are_listed_and_ones_own(campus: Campus, user: User):
    made = term(campus, user)
    assert campus.call("GET", PATH, user).data == [made]
    assert campus.call("GET", f"{PATH}?endsAfter=2199-01-01", user).data == []
    path = f"{PATH}/{made['id']}"
    assert campus.call("GET", path, user).data == made
    other = campus.user()
    for method, given in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert campus.call(method, path, other, given).status == 404
    assert campus.call("PATCH", path, user, {}).data == made
    assert campus.types(user).count("term.updated") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"endsOn": "2020-01-01"},
        {"endsOn": "2190-01-01"},
        {"breaks": [{"startsOn": "2027-01-02", "endsOn": "2027-01-01"}]},
        {"breaks": [{}]},
        {"weekAOn": "tomorrow"},
    ],
)
def test_what_is_no_term_is_refused(campus: Campus, user: User, wrong: dict[str, Any]):
    given = {"name": "Winter", "startsOn": "2026-10-01", "endsOn": "2027-03-31", **wrong}
    answer = campus.call("POST", PATH, user, given)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
