"""API keys: made, used, rotated with a signature, revoked."""

import secrets
import time

import pytest

from shared.signing import signature
from tests.campus import Answer, Campus, User, pages, token

PATH = "/v2/users/me/api-keys"


def make(campus: Campus, user: User, *scopes: str) -> dict:
    answer = campus.call("POST", PATH, user, {"name": "CI", "scopes": list(scopes)})
    assert answer.status == 201, answer.text
    return answer.data


def by_key(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


def signed(made: dict, body: bytes = b"") -> dict[str, str]:
    nonce, now = secrets.token_hex(8), str(int(time.time()))
    proof = signature(made["signingSecret"].encode(), now, nonce, body)
    return {**by_key(made["key"]), "X-Timestamp": now, "X-Nonce": nonce, "X-Signature": proof}


def rotate(campus: Campus, made: dict, headers: dict, user: User | None = None) -> Answer:
    return campus.call("POST", f"{PATH}/{made['id']}/rotate", user, headers=headers)


def test_a_key_works_within_its_scopes(campus: Campus, user: User):
    made = make(campus, user, "tasks:read")
    assert made["key"].startswith(f"campus_{made['prefix']}_")
    key = by_key(made["key"])
    assert campus.call("GET", "/v2/tasks/assignments", headers=key).status == 200
    due = {"title": "x", "dueAt": "2027-01-01T00:00:00Z"}
    write = campus.call("POST", "/v2/tasks/assignments", None, due, key)
    assert (write.status, write.error) == (403, "FORBIDDEN")
    assert campus.types(user) == ["api_key.created"]


def test_its_secrets_are_shown_once(campus: Campus, user: User):
    made = make(campus, user, "*")
    again = campus.call("GET", f"{PATH}/{made['id']}", user)
    listed = campus.call("GET", PATH, user)
    for answer in (again, listed):
        assert made["key"] not in answer.text
        assert made["signingSecret"] not in answer.text
    stored = str(campus.rows("select * from api_key where id = %s", made["id"]))
    assert made["key"] not in stored
    assert made["signingSecret"] not in stored


def test_the_same_request_answers_with_the_same_key(campus: Campus, user: User):
    body, key = {"name": "CI", "scopes": ["*"]}, {"Idempotency-Key": "make"}
    first = campus.call("POST", PATH, user, body, key)
    again = campus.call("POST", PATH, user, body, key)
    assert again.text == first.text
    kept = campus.rows("select body from idempotency_key where user_id = %s", user.id)
    assert first.data["key"].encode() not in kept[0][0]


def test_keys_expire_after_90_days_unless_said_otherwise(campus: Campus, user: User):
    made = make(campus, user, "*")
    lifetime = "select expires_at - created_at from api_key where id = %s"
    assert campus.rows(lifetime, made["id"])[0][0].days == 90
    for days in (0, 366):
        body = {"name": "CI", "scopes": ["*"], "expiresInDays": days}
        assert campus.call("POST", PATH, user, body).status == 422
    campus.admin.execute("update api_key set expires_at = now() where id = %s", (made["id"],))
    answer = campus.call("GET", "/v2/users/me", headers=by_key(made["key"]))
    assert (answer.status, answer.error) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize("scopes", [[], ["tasks"], ["tasks:delete"], ["**"], ["a:read"] * 21])
def test_scopes_are_checked(campus: Campus, user: User, scopes: list[str]):
    assert campus.call("POST", PATH, user, {"name": "CI", "scopes": scopes}).status == 422


def test_a_key_gives_away_no_more_than_it_has(campus: Campus, user: User):
    strong, weak = make(campus, user, "*"), make(campus, user, "users:read", "users:write")
    headers = by_key(weak["key"])
    more = campus.call("POST", PATH, None, {"name": "x", "scopes": ["*"]}, headers)
    assert (more.status, more.error) == (403, "FORBIDDEN")
    path = f"{PATH}/{weak['id']}"
    raised = campus.call("PATCH", path, None, {"scopes": ["tasks:read"]}, headers)
    assert raised.status == 403
    assert rotate(campus, strong, signed(weak)).status == 404
    same = campus.call("POST", PATH, None, {"name": "x", "scopes": ["users:read"]}, headers)
    assert same.status == 201


def test_a_key_rotates_itself_with_a_signature(campus: Campus, user: User):
    made = make(campus, user, "users:write")
    unsigned = rotate(campus, made, by_key(made["key"]))
    assert (unsigned.status, unsigned.error) == (403, "FORBIDDEN")
    headers = signed(made)
    fresh = rotate(campus, made, headers)
    assert fresh.status == 200, fresh.text
    assert fresh.data["key"] != made["key"]
    assert rotate(campus, made, headers).status == 401
    assert rotate(campus, made, signed(fresh.data)).status == 200
    assert campus.types(user)[-1] == "api_key.rotated"


def test_a_person_rotates_soon_after_signing_in_only(campus: Campus, user: User):
    made = make(campus, user, "*")
    assert rotate(campus, made, {}, user).status == 200
    hour_ago = int(time.time()) - 3600
    user.token = token(user.subject, auth_time=hour_ago)
    late = rotate(campus, made, {}, user)
    assert (late.status, late.error) == (401, "REAUTHENTICATION_REQUIRED")


def test_a_revoked_key_is_refused_and_gone(campus: Campus, user: User):
    made = make(campus, user, "*")
    path = f"{PATH}/{made['id']}"
    assert campus.call("DELETE", path, user).status == 204
    assert campus.call("GET", "/v2/users/me", headers=by_key(made["key"])).status == 401
    assert campus.call("GET", path, user).status == 404
    assert campus.call("DELETE", path, user).status == 404
    assert campus.types(user) == ["api_key.created", "api_key.revoked"]


def test_a_key_is_renamed(campus: Campus, user: User):
    made = make(campus, user, "*")
    path = f"{PATH}/{made['id']}"
    renamed = campus.call("PATCH", path, user, {"name": "Laptop"}, {"If-Match": '"v2-1"'})
    assert (renamed.data["name"], renamed.data["scopes"]) == ("Laptop", ["*"])
    assert campus.call("PATCH", path, user, {"name": None}).status == 422
    stale = campus.call("PATCH", path, user, {"name": "x"}, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")


def test_strangers_see_and_touch_nothing(campus: Campus, user: User):
    made, stranger = make(campus, user, "*"), campus.user()
    path = f"{PATH}/{made['id']}"
    assert campus.call("GET", PATH, stranger).data == []
    assert campus.call("GET", path, stranger).status == 404
    assert campus.call("PATCH", path, stranger, {"name": "x"}).status == 404
    assert campus.call("DELETE", path, stranger).status == 404
    assert rotate(campus, made, {}, stranger).status == 404


def test_there_are_at_most_twenty(campus: Campus, premium: User):
    for _ in range(20):
        make(campus, premium, "*")
    answer = campus.call("POST", PATH, premium, {"name": "x", "scopes": ["*"]})
    assert (answer.status, answer.error) == (429, "RESOURCE_LIMIT_EXCEEDED")
    listed = [item["id"] for page in pages(campus, PATH, premium, 7) for item in page]
    assert len(set(listed)) == len(listed) == 20
