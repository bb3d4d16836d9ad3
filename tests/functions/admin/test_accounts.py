"""Accounts, as support finds them and administrators suspend them."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.ids import uuid7
from tests.campus import Campus, User, pages
from tests.functions.admin.conftest import REASON, Pool


def later(days: float) -> str:
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    return moment.isoformat().replace("+00:00", "Z")


def suspend(campus: Campus, admin: User, user: User, **fields: Any) -> Any:
    path = f"/v2/admin/users/{user.id}/suspend"
    return campus.call("POST", path, admin, {**REASON, **fields})


def unsuspend(campus: Campus, admin: User, user: User, **fields: Any) -> Any:
    path = f"/v2/admin/users/{user.id}/unsuspend"
    return campus.call("POST", path, admin, {**REASON, **fields})


def actions(campus: Campus, user: User) -> list[dict[str, Any]]:
    rows = campus.rows(
        "select a.action, a.actor_id, a.reason, a.before, a.after, a.event_id, a.correlation_id,"
        " e.type, e.user_id, e.entity_version, e.correlation_id, e.actor_id"
        " from admin_action a join event e on e.id = a.event_id"
        " where a.target_type = 'user' and a.target_id = %s order by a.id",
        str(user.id),
    )
    names = ("action", "actor", "reason", "before", "after", "event_id", "correlation",
             "type", "user", "version", "told_correlation", "told_actor")  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize("role", ["support", "admin"])
def test_staff_reads_an_account(campus: Campus, premium: User, role: str):
    answer = campus.call("GET", f"/v2/admin/users/{premium.id}", campus.user(role=role))
    assert answer.status == 200, answer.text
    account = answer.data
    assert (account["id"], account["email"]) == (str(premium.id), premium.email)
    assert (account["accountStatus"], account["subscriptionTier"]) == ("active", "premium")
    assert answer.headers["ETag"].startswith(f'"v2-{account["version"]}-')
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_account_is_not_found(campus: Campus, admin: User):
    path = f"/v2/admin/users/{uuid7()}"
    assert campus.call("GET", path, admin).status == 404
    for verb in ("suspend", "unsuspend"):
        assert campus.call("POST", f"{path}/{verb}", admin, REASON).status == 404


def test_the_list_finds_people_by_any_part_of_address_and_name(campus: Campus, admin: User):
    mark = uuid7().hex
    people = [campus.user(email=f"{mark}.{n}@Example.com") for n in range(3)]
    for q in (mark, mark[5:].upper(), f"{mark}.1@example.com ada"):
        answer = campus.call("GET", f"/v2/admin/users?q={q}".replace(" ", "%20"), admin)
        assert answer.status == 200, answer.text
        found = {account["id"] for account in answer.data}
        assert found == {str(p.id) for p in (people if "@" not in q else people[1:2])}


@pytest.mark.parametrize("q", ["%25", "_", "%5C", "%25_%25", "'", "a%26b", "%27%20or%20true"])
def test_wildcards_are_taken_literally(campus: Campus, admin: User, user: User, q: str):
    answer = campus.call("GET", f"/v2/admin/users?q={q}", admin)
    assert (answer.status, answer.data) == (200, [])


def test_the_list_is_filtered_and_paged(campus: Campus, support: User):
    mark = uuid7().hex
    everybody = [
        campus.user(role=role, tier=tier, email=f"{mark}{role}{tier}@example.com")
        for role in ("user", "support")
        for tier in ("free", "premium")
    ]
    campus.admin.execute(
        "update app_user set account_status = 'suspended' where id = %s", (everybody[0].id,)
    )
    base = f"/v2/admin/users?q={mark}"
    listed = [a["id"] for page in pages(campus, base, support, 3) for a in page]
    assert listed == [str(person.id) for person in reversed(everybody)]
    for query, expected in (
        ("role=support", everybody[2:]),
        ("role=user,support&tier=premium", [everybody[1], everybody[3]]),
        ("status=suspended", everybody[:1]),
        ("status=deleted", []),
        (f"createdAfter={later(1)}", []),
        (f"createdBefore={later(1)}", everybody),
    ):
        answer = campus.call("GET", f"{base}&{query}", support)
        assert answer.status == 200, answer.text
        assert {a["id"] for a in answer.data} == {str(p.id) for p in expected}, query


def test_a_suspended_account_is_refused_from_the_next_request_on(campus, admin, user, pool: Pool):
    assert campus.call("GET", "/v2/tasks/assignments", user).status == 200
    answer = suspend(campus, admin, user, until=later(7))
    assert answer.status == 200, answer.text
    assert answer.data["accountStatus"] == "suspended"
    assert answer.data["version"] == 2
    refused = campus.call("GET", "/v2/tasks/assignments", user)
    assert (refused.status, refused.error) == (403, "ACCOUNT_SUSPENDED")
    assert pool.signed_out == [{"UserPoolId": os.environ["USER_POOL_ID"], "Username": user.subject}]


def test_an_unsuspended_account_works_again(campus: Campus, admin: User, user: User, pool: Pool):
    suspend(campus, admin, user)
    answer = unsuspend(campus, admin, user)
    assert answer.status == 200, answer.text
    assert (answer.data["accountStatus"], answer.data["suspendedUntil"]) == ("active", None)
    assert campus.call("GET", "/v2/tasks/assignments", user).status == 200


def test_each_change_is_told_and_explained(campus: Campus, admin: User, user: User, pool: Pool):
    until = later(7)
    suspend(campus, admin, user, until=until)
    unsuspend(campus, admin, user, reason="It was somebody else.")
    assert campus.types(user)[-2:] == ["user.suspended", "user.unsuspended"]
    first, second = actions(campus, user)
    assert (first["action"], second["action"]) == ("user.suspended", "user.unsuspended")
    assert (first["type"], second["type"]) == ("user.suspended", "user.unsuspended")
    assert (first["reason"], second["reason"]) == (REASON["reason"], "It was somebody else.")
    assert first["before"] == {"accountStatus": "active", "suspendedUntil": None}
    assert first["after"]["accountStatus"] == "suspended"
    assert datetime.fromisoformat(first["after"]["suspendedUntil"]) == datetime.fromisoformat(until)
    assert second["before"] == first["after"]
    assert second["after"] == first["before"]
    for action, version in ((first, 2), (second, 3)):
        assert action["actor"] == admin.id
        assert action["told_actor"] == str(admin.id)
        assert (action["user"], action["version"]) == (user.id, version)
        assert action["correlation"] == action["told_correlation"]


def test_a_pool_that_is_down_does_not_keep_anybody_in(campus, admin, user, pool: Pool):
    pool.down = True
    assert suspend(campus, admin, user).status == 200
    assert campus.call("GET", "/v2/tasks/assignments", user).status == 403


def test_only_the_right_state_is_changed(campus: Campus, admin: User, user: User, pool: Pool):
    refused = unsuspend(campus, admin, user)
    assert (refused.status, refused.error) == (409, "CONFLICT")
    assert suspend(campus, admin, user).status == 200
    again = suspend(campus, admin, user)
    assert (again.status, again.error) == (409, "CONFLICT")
    assert again.json["error"]["details"] == {"accountStatus": "suspended"}
    for status in ("pending_deletion", "deleted"):
        campus.admin.execute(
            "update app_user set account_status = %s where id = %s", (status, user.id)
        )
        assert suspend(campus, admin, user).status == 409
        assert unsuspend(campus, admin, user).status == 409
    assert len(actions(campus, user)) == 1
    assert len(pool.signed_out) == 1


def test_a_suspension_that_is_over_may_be_followed_by_another(campus, admin, user, pool: Pool):
    suspend(campus, admin, user, until=later(1))
    campus.admin.execute(
        "update app_user set suspended_until = now() - interval '1 second' where id = %s",
        (user.id,),
    )
    assert campus.call("GET", "/v2/tasks/assignments", user).status == 200
    assert suspend(campus, admin, user).status == 200


def test_nobody_suspends_themselves(campus: Campus, admin: User, pool: Pool):
    for change in (suspend, unsuspend):
        answer = change(campus, admin, admin)
        assert (answer.status, answer.error) == (403, "FORBIDDEN")
    assert actions(campus, admin) == []
    assert pool.signed_out == []


def test_a_stale_version_changes_nothing(campus: Campus, admin: User, user: User, pool: Pool):
    path = f"/v2/admin/users/{user.id}/suspend"
    stale = campus.call("POST", path, admin, REASON, {"If-Match": '"v2-7"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    assert actions(campus, user) == []
    fresh = campus.call("POST", path, admin, REASON, {"If-Match": '"v2-1"'})
    assert fresh.status == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/reason"), ({"reason": ""}, "/reason"), ({"reason": "ab"}, "/reason"),
        ({"reason": "  a  "}, "/reason"), ({"reason": "x" * 501}, "/reason"),
        ({"reason": None}, "/reason"), ({"reason": "a\x00bc"}, "/reason"),
        ({**REASON, "until": "2020-01-01T00:00:00Z"}, "/until"),
        ({**REASON, "until": "tomorrow"}, "/until"), ({**REASON, "until": 1}, "/until"),
        ({**REASON, "role": "admin"}, "/role"),
    ],
    ids=str,
)  # fmt: skip
def test_a_change_without_a_reason_is_refused(campus, admin, user, pool: Pool, body, pointer):
    answer = campus.call("POST", f"/v2/admin/users/{user.id}/suspend", admin, body)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert [e["pointer"] for e in answer.json["error"]["details"]["errors"]] == [pointer]
    assert actions(campus, user) == []


def test_the_same_key_suspends_once(campus: Campus, admin: User, user: User, pool: Pool):
    path, key = f"/v2/admin/users/{user.id}/suspend", {"Idempotency-Key": "suspend-1"}
    first = campus.call("POST", path, admin, REASON, key)
    again = campus.call("POST", path, admin, REASON, key)
    assert (again.status, again.text) == (first.status, first.text) == (200, first.text)
    assert len(actions(campus, user)) == 1
