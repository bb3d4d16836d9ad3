"""What a request is refused for, each reason alone."""

import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from shared import answers, arrivals, aws, cursors, gate, identity, limits
from shared.errors import Refusal
from shared.identity import api_key_text
from shared.ids import uuid7
from shared.request import MAX_BODY, Call
from shared.settings import setting
from shared.signing import signature
from tests.campus import Campus
from tests.gateway import gateway_event
from tests.people import User, token

LIST = "/v2/tasks/assignments"
BODY = {"title": "Essay", "dueAt": "2027-01-10T10:00:00Z"}
API_KEY = api_key_text("abcdefgh", "A" * 43)


def test_an_answer_beyond_the_gateway_is_refused(campus, user, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "MAX_ANSWER", 10)
    assert campus.call("GET", LIST, user).error == "PAYLOAD_TOO_LARGE"


def test_a_path_that_does_not_exist_has_no_preflight(campus: Campus):
    assert campus.call("OPTIONS", "/v2/nowhere").error == "NOT_FOUND"


def test_a_cursor_ends():
    with pytest.raises(Refusal) as refused:
        cursors.read("a list", cursors.sign("a list", [1], -1))
    assert "expired" in refused.value.message


def test_two_kinds_of_credentials_are_none(user: User):
    with pytest.raises(Refusal) as refused:
        identity.read_credentials({"x-api-key": API_KEY, **user.headers})
    assert refused.value.code == "INVALID_TOKEN"


def test_a_mistyped_api_key_is_found_without_the_database():
    with pytest.raises(Refusal):
        identity.read_credentials(
            {"x-api-key": api_key_text("abcdefgi", "A" * 43)[:-8] + "00000000"}
        )


def test_a_token_has_a_greatest_length(user: User):
    identity.verify(token(user.subject, padding="a" * 100))
    with pytest.raises(Refusal):
        identity.verify(token(user.subject, padding="a" * 9000))


def test_keys_of_other_kinds_are_no_signing_keys(monkeypatch, tmp_path: Path):
    [key] = json.loads(Path(urlsplit(setting("USER_POOL_JWKS_URL")).path).read_text())["keys"]
    curve = {"kty": "EC", "kid": "curve", "crv": "P-256", "x": "AA", "y": "AA"}
    published = {"keys": [curve, {**key, "kid": "sealing", "use": "enc"}, key]}
    (tmp_path / "jwks.json").write_text(json.dumps(published))
    monkeypatch.setenv("USER_POOL_JWKS_URL", (tmp_path / "jwks.json").as_uri())
    keys = identity._KeySet()
    assert keys.find(key["kid"])
    for kid in ("curve", "sealing"):
        with pytest.raises(Refusal):
            keys.find(kid)


class Pool:
    """A user pool that knows nobody, or somebody with these attributes, or that fails."""

    def __init__(self, failure: Exception | None = None, **attributes: str) -> None:
        self.failure, self.attributes = failure, attributes

    def get_user(self, AccessToken: str) -> dict[str, Any]:  # noqa: N803 (boto3's)
        if self.failure or not self.attributes:
            raise self.failure or refused_by_pool("NotAuthorizedException")
        named = [{"Name": name, "Value": value} for name, value in self.attributes.items()]
        return {"UserAttributes": named}


def refused_by_pool(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetUser")


@pytest.mark.parametrize(
    "failure",
    [refused_by_pool("TooManyRequestsException"), EndpointConnectionError(endpoint_url="https://")],
    ids=["busy", "silent"],
)
def test_a_pool_that_cannot_answer_is_asked_again_later(failure: Exception, monkeypatch):
    monkeypatch.setitem(aws._clients, "cognito-idp", Pool(failure))
    with pytest.raises(Refusal) as refused:
        arrivals.pool_profile("a token")
    assert (refused.value.code, refused.value.status) == ("SERVICE_UNAVAILABLE", 503)


@pytest.mark.parametrize(
    "pool",
    [Pool(), Pool(sub="s", email="ada@example.com", email_verified="false")],
    ids=["unknown", "not confirmed"],
)
def test_whom_the_pool_does_not_know_or_trust_gets_no_account(pool: Pool, monkeypatch):
    monkeypatch.setitem(aws._clients, "cognito-idp", pool)
    with pytest.raises(Refusal) as refused:
        arrivals.pool_profile("a token")
    assert refused.value.code == "INVALID_TOKEN"


def test_a_body_says_that_it_is_json(campus: Campus, user: User):
    answer = campus.call("POST", LIST, user, BODY, {"content-type": "text/plain"})
    assert answer.error == "UNSUPPORTED_MEDIA_TYPE"


def test_a_tag_of_another_version_matches_nothing(campus: Campus, user: User):
    made = campus.call("POST", LIST, user, BODY)
    path = f"tasks/assignments/{made.data['id']}"
    tag = {"If-Match": campus.call("GET", f"/v2/{path}", user).headers["ETag"]}
    assert campus.call("PATCH", f"/v1/{path}", user, {"title": "x"}, tag).status == 412
    assert campus.call("PATCH", f"/v2/{path}", user, {"title": "x"}, tag).status == 200


@pytest.mark.parametrize(
    "key", ["a" * 256, "ключ", "one\ttwo"], ids=["long", "of other letters", "with a tab"]
)
def test_a_key_is_short_and_printable(campus: Campus, user: User, key: str):
    answer = campus.call("POST", LIST, user, BODY, {"Idempotency-Key": key})
    assert (answer.status, answer.error) == (400, "INVALID_REQUEST")


def test_strangers_have_a_limit_of_their_address():
    route: Any = SimpleNamespace(limit="reads")
    [policy] = limits.policies(route, None, "203.0.113.9", "")
    assert (policy.name, policy.quota) == ("anonymous", limits.ANONYMOUS)


@pytest.mark.parametrize(
    ("body", "encoded"),
    [("x" * (MAX_BODY + 1), False), ("!" * (MAX_BODY * 2), True)],
    ids=["plain", "encoded"],
)
def test_a_body_is_measured_before_it_is_read(body: str, encoded: bool):
    event = gateway_event("POST", LIST, None, None, None, b"{}", "203.0.113.9")
    call = Call.of({**event, "body": body, "isBase64Encoded": encoded})
    with pytest.raises(Refusal) as refused:
        call.body()
    assert refused.value.code == "PAYLOAD_TOO_LARGE"


def test_each_key_keeps_its_own_answer(campus: Campus, premium: User):
    def post(key: str) -> str:
        body = {**BODY, "title": f"Essay {key}"}
        return campus.call("POST", LIST, premium, body, {"Idempotency-Key": key}).text

    first = {key: post(key) for key in ("one", "two")}
    assert {key: post(key) for key in first} == first


def test_an_answer_is_kept_for_its_caller_and_for_nobody_else(campus: Campus, user: User):
    kept = {"status": 299, "headers": "{}", "body": b"kept", "key": "kept", "hash": b"x"}
    with campus.admin.transaction():
        campus.admin.execute(gate._KEEP, kept)  # of a public route: nobody could ask for it
        campus.admin.execute("select set_config('app.user_id', %s, true)", (str(user.id),))
        campus.admin.execute(gate._KEEP, kept)
    found = campus.rows("select user_id from idempotency_key where key = 'kept' and status = 299")
    assert found == [(user.id,)]


@pytest.mark.parametrize("left", ["status = null, body = null", "expires_at = now()"])
def test_a_key_that_has_no_answer_any_more_can_be_used_again(campus: Campus, user: User, left: str):
    key = {"Idempotency-Key": "left"}
    first = campus.call("POST", LIST, user, BODY, key).data["id"]
    campus.admin.execute(f"update idempotency_key set {left} where user_id = %s", (user.id,))
    second, replayed = [campus.call("POST", LIST, user, BODY, key).data["id"] for _ in range(2)]
    assert first != second == replayed


@pytest.mark.parametrize(("age", "nonce"), [(310, "a-nonce-1"), (-310, "a-nonce-2"), (0, "short")])
def test_a_signature_is_of_now_and_has_a_nonce(campus: Campus, user: User, age: int, nonce: str):
    key = campus.call("POST", "/v2/users/me/api-keys", user, {"name": "CI", "scopes": ["*"]}).data
    now = str(int(time.time()) - age)
    headers = {
        "x-api-key": key["key"],
        "x-timestamp": now,
        "x-nonce": nonce,
        "x-signature": signature(key["signingSecret"].encode(), now, nonce, b""),
    }
    answer = campus.call("DELETE", f"{LIST}/{uuid7()}/permanent", headers=headers)
    assert (answer.status, answer.error) == (403, "FORBIDDEN")


@pytest.mark.parametrize("body", [None, {"assignment_id": ""}])
def test_an_old_name_needs_an_id(campus: Campus, user: User, body: Any):
    answer = campus.call("POST", "/functions/v1/delete-assignment", user, body)
    assert (answer.status, answer.error) == (400, "VALIDATION_ERROR")


def test_an_origin_that_is_not_listed_is_told_nothing(campus: Campus):
    answer = campus.call("OPTIONS", LIST, headers={"origin": "https://elsewhere.example"})
    assert answer.status == 204
    assert not any(name.startswith("Access-Control") for name in answer.headers)


def test_remembered_tokens_are_bounded(user: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(identity, "_CACHE_SIZE", 2)
    for number in range(5):
        identity.verify(token(user.subject, number=number))
        assert len(identity._verified) <= 2


def test_the_tightest_limit_is_told():
    counted = [limits.Policy(name, name, quota) for name, quota in (("wide", 100), ("tight", 10))]
    standing, violated = limits.judge(counted, [("wide", 1, 0.0), ("tight", 5, 0.0)], "free")
    assert violated is None
    assert standing
    assert (standing.name, standing.remaining) == ("tight", 5)


def test_a_sign_in_counts_for_its_address_and_its_account():
    route: Any = SimpleNamespace(limit="auth")
    named = {
        account: [policy.name for policy in limits.policies(route, None, "203.0.113.9", account)]
        for account in ("", "ada@example.com")
    }
    assert named == {"": ["auth-address"], "ada@example.com": ["auth-address", "auth-account"]}


def test_a_suspension_that_is_over_suspends_nobody(campus: Campus, user: User):
    suspend = (
        "update app_user set account_status = 'suspended',"
        " suspended_until = now() + %s * interval '1 hour' where id = %s"
    )
    for hours, status in ((1, 403), (-1, 200)):
        campus.admin.execute(suspend, (hours, user.id))
        assert campus.call("GET", LIST, user).status == status


def test_a_kept_secret_is_sealed(campus: Campus, user: User):
    sent = {"name": "CI", "scopes": ["*"]}
    key = {"Idempotency-Key": "a-secret"}
    made = campus.call("POST", "/v2/users/me/api-keys", user, sent, key)
    [(kept,)] = campus.rows("select body from idempotency_key where user_id = %s", user.id)
    assert made.data["key"].encode() not in bytes(kept)
    assert campus.call("POST", "/v2/users/me/api-keys", user, sent, key).text == made.text


def test_what_counts_against_the_plan_waits_for_its_like(campus: Campus, user: User):
    answers_of: list[int] = []
    creating = threading.Thread(
        target=lambda: answers_of.append(campus.call("POST", LIST, user, BODY).status)
    )
    with campus.admin.transaction():
        campus.admin.execute(
            "select pg_advisory_xact_lock(hashtextextended('tasks' || %s, 0))", (str(user.id),)
        )
        creating.start()
        creating.join(0.5)
        assert answers_of == []
    creating.join(20)
    assert answers_of == [201]


def test_a_key_is_of_one_request(campus: Campus, premium: User):
    key = {"Idempotency-Key": "of-one-request"}
    campus.call("POST", LIST, premium, BODY, key)
    other = campus.call("POST", LIST, premium, {**BODY, "title": "Another"}, key)
    assert other.error == "IDEMPOTENCY_KEY_REUSED"


def test_a_role_opens_what_it_is_needed_for(campus: Campus, user: User):
    assert campus.call("GET", "/v2/admin/users", user).error == "FORBIDDEN"
