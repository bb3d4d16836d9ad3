"""Ways around a guard that were open once: each stays shut."""

import time
from email.message import Message
from typing import Any

import pytest

from shared import cursors, identity, limits
from shared.errors import Refusal
from shared.identity import api_key_text
from shared.ids import uuid7
from shared.signing import signature
from tests.campus import Answer, Campus, User, context, decoded, gateway_event, token
from tests.people import sign

LIST = "/v2/tasks/assignments"
KEYS = "/v2/users/me/api-keys"
DUE = {"title": "Essay", "dueAt": "2027-01-10T10:00:00Z"}


def make_key(campus: Campus, user: User, *scopes: str, **headers: str) -> dict[str, Any]:
    answer = campus.call("POST", KEYS, user, {"name": "CI", "scopes": list(scopes)}, headers)
    assert answer.status == 201, answer.text
    return answer.data


def signed(key: dict[str, Any], nonce: str, **changed: str) -> dict[str, str]:
    now = str(int(time.time()))
    proof = signature(key["signingSecret"].encode(), now, nonce, b"")
    given = {"x-api-key": key["key"], "x-timestamp": now, "x-nonce": nonce, "x-signature": proof}
    return {**given, "idempotency-key": nonce, **changed}


def raw_path(campus: Campus, user: User, path: str) -> Answer:
    """A call with a path that the gateway has decoded already."""
    event = gateway_event("GET", "/", user, None, None, None, campus.address)
    event["rawPath"] = path
    return decoded(campus.handlers["tasks"](event, context()))


# Counting


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{LIST}/00000000-0000-7000-8000-000000000000", 404),
        (f"{LIST}?limit=0", 422),
        ("/v2/admin/users", 403),
    ],
)
def test_a_refused_read_counts(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch, path: str, status: int
):
    monkeypatch.setitem(limits.BY_TIER, "free", 2)
    statuses = [campus.call("GET", path, user).status for _ in range(4)]
    assert statuses == [status, status, 429, 429]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_guessed_api_keys_count_as_bad_credentials(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, method: str
):
    monkeypatch.setattr(limits, "REFUSED_CREDENTIALS", 2)
    guesses = [api_key_text("abcdefgh", f"{n}" * 43) for n in range(4)]
    answers = [campus.call(method, LIST, headers={"x-api-key": guess}) for guess in guesses]
    assert [answer.status for answer in answers] == [401, 401, 429, 429]


def test_a_network_of_ipv6_addresses_is_one_client(campus: Campus, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "REFUSED_CREDENTIALS", 2)
    network = campus.address.removesuffix("::1")
    statuses = []
    for host in ("::1", "::2", ":ffff:1:2:3", "::1%eth0"):
        campus.address = network + host
        statuses.append(campus.call("GET", LIST).status)
    assert statuses == [401, 401, 429, 429]
    campus.address = "2001:db8:0:ffff:ffff::1"
    assert campus.call("GET", LIST).status == 401


def test_an_ipv4_address_cannot_be_written_in_another_way(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "REFUSED_CREDENTIALS", 1)
    statuses = []
    for address in ("198.51.100.7", "::ffff:198.51.100.7", "::ffff:c633:6407"):
        campus.address = address
        statuses.append(campus.call("GET", LIST).status)
    assert statuses == [401, 429, 429]


def test_one_abuser_does_not_get_an_address_blocked_for_everybody(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "PER_ADDRESS", 1)
    for _ in range(limits.BLOCK + 2):
        campus.call("GET", LIST, user)
    monkeypatch.setattr(limits, "PER_ADDRESS", 3000)
    assert campus.call("GET", LIST, campus.user()).status == 200


def test_changing_a_series_again_and_again_does_not_pile_up_rows(campus: Campus, user: User):
    course = campus.call("POST", "/v2/courses", user, {"title": "Logic"}).data["id"]
    series = {"title": "Logic", "courseId": course, "startLocal": "2027-01-15T10:00:00",
              "timezone": "UTC", "recurrence": "FREQ=DAILY;COUNT=100"}  # fmt: skip
    lecture = campus.call("POST", "/v2/tasks/lectures", user, series).data["id"]
    for offsets in ([5], [15], [30], [60], [120]):
        path = f"/v2/tasks/lectures/{lecture}"
        assert campus.call("PATCH", path, user, {"reminders": offsets}).status == 200
    kept = "select status, count(*) from reminder where user_id = %s group by 1 order by 1"
    assert campus.rows(kept, user.id) == [("cancelled", 100), ("pending", 100)]


# Signatures and keys


def test_a_signature_of_other_letters_is_refused(campus: Campus, user: User):
    key = make_key(campus, user, "*")
    path = f"{LIST}/{uuid7()}/permanent"
    answer = campus.call("DELETE", path, headers=signed(key, "nonce-one", **{"x-signature": "é"}))
    assert (answer.status, answer.error) == (403, "FORBIDDEN")


def test_a_nonce_is_used_up_by_a_request_that_was_refused(campus: Campus, user: User):
    key = make_key(campus, user, "*")
    item = campus.call("POST", LIST, user, DUE).data["id"]
    captured = signed(key, "nonce-two")
    first = campus.call("DELETE", f"{LIST}/{uuid7()}/permanent", headers=captured)
    assert first.status == 404
    replayed = campus.call("DELETE", f"{LIST}/{item}/permanent", headers=captured)
    assert (replayed.status, replayed.error) == (403, "FORBIDDEN")
    assert campus.call("GET", f"{LIST}/{item}", user).status == 200


def test_a_forged_signature_does_not_use_a_nonce_up(campus: Campus, user: User):
    key = make_key(campus, user, "*")
    item = campus.call("POST", LIST, user, DUE).data["id"]
    path = f"{LIST}/{item}/permanent"
    forged = signed(key, "nonce-three", **{"x-signature": "0" * 64})
    assert campus.call("DELETE", path, headers=forged).status == 403
    assert campus.call("DELETE", path, headers=signed(key, "nonce-three")).status == 204


def test_a_stored_secret_is_not_replayed_to_a_weaker_key(campus: Campus, user: User):
    weak = make_key(campus, user, "users:write")
    strong = make_key(campus, user, "*", **{"Idempotency-Key": "make-key"})
    headers = {"x-api-key": weak["key"], "Idempotency-Key": "make-key"}
    body = {"name": "CI", "scopes": ["*"]}
    answer = campus.call("POST", KEYS, None, body, headers)
    assert (answer.status, answer.error) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert strong["key"] not in answer.text


def test_a_key_made_by_a_key_does_not_outlive_it(campus: Campus, user: User):
    key = make_key(campus, user, "users:write")
    body = {"name": "longer", "scopes": ["users:write"], "expiresInDays": 365}
    made = campus.call("POST", KEYS, None, body, {"x-api-key": key["key"]})
    assert made.data["expiresAt"] == key["expiresAt"]


# Tokens and the pool's keys


def test_a_token_that_does_not_tell_its_sign_in_is_of_none_recently(campus: Campus, user: User):
    silent = User(user.id, user.email, user.subject, token(user.subject, auth_time=None))
    answer = campus.call(
        "DELETE", f"{LIST}/{uuid7()}/permanent", silent, headers={"Idempotency-Key": "k"}
    )
    assert (answer.status, answer.error) == (401, "REAUTHENTICATION_REQUIRED")


@pytest.mark.parametrize("document", [b"", b"[]", b'{"keys": [{"kty": "RSA"}]}', b'{"keys": 1}'])
def test_a_broken_key_set_is_no_error_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path, document: bytes
):
    (tmp_path / "keys.json").write_bytes(document)
    monkeypatch.setenv("USER_POOL_JWKS_URL", (tmp_path / "keys.json").as_uri())
    with pytest.raises(Refusal) as refused:
        identity._KeySet().find("campus-test")
    assert refused.value.code == "SERVICE_UNAVAILABLE"


def test_good_keys_outlast_a_broken_key_set(monkeypatch: pytest.MonkeyPatch, tmp_path):
    keys = identity._KeySet()
    good = keys.find("campus-test")
    (tmp_path / "keys.json").write_bytes(b'{"keys": []}')
    monkeypatch.setenv("USER_POOL_JWKS_URL", (tmp_path / "keys.json").as_uri())
    monkeypatch.setattr(identity, "_KEYS_LIFETIME", -1.0)
    monkeypatch.setattr(identity, "_KEYS_COOLDOWN", -1.0)
    assert keys.find("campus-test") is good


def test_unknown_key_ids_do_not_make_us_ask_the_pool_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
):
    keys, fetched = identity._KeySet(), []
    keys.find("campus-test")
    monkeypatch.setattr(keys, "_fetch", lambda: fetched.append(1))
    for number in range(100):
        with pytest.raises(Refusal):
            keys.find(f"unknown-{number}")
    assert not fetched
    assert sign({"alg": "RS256", "kid": "unknown"}, {})


# Answers


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("evil", ["x\r\nSet-Cookie: a=b", 'x>; rel="x', "x\u202e\x00", "\ud800"])
def test_no_path_breaks_out_of_a_header(campus: Campus, user: User, version: str, evil: str):
    answer = raw_path(campus, user, f"/{version}/tasks/{evil}")
    assert answer.status == 404
    message = Message()
    for name, value in answer.headers.items():
        assert value.isascii(), name
        assert value.isprintable(), name
        message[name] = value
    assert "Set-Cookie" not in message
    assert answer.headers.get("Link", "").count(">;") in (0, 2)


def test_no_name_of_a_constraint_leaves_the_process(campus: Campus, user: User):
    name = f"ada_{user.id.int % 10**9}"
    assert campus.call("PATCH", "/v2/users/me", user, {"username": name}).status == 200
    other = campus.call("PATCH", "/v2/users/me", campus.user(), {"username": name.upper()})
    assert (other.status, other.error) == (409, "ALREADY_EXISTS")
    assert "app_user" not in other.text


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_signed_text_has_one_spelling(size: int):
    signed_text = cursors.sign("scope", ["x" * size])
    spellings = [
        signed_text + "=" * -(-len(signed_text) % -4),
        signed_text + "=",
        signed_text + "\n",
    ]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/"
    spellings += [signed_text[:-1] + letter for letter in alphabet]
    for spelling in set(spellings) - {signed_text}:
        with pytest.raises(Refusal):
            cursors.read("scope", spelling)
    assert cursors.read("scope", signed_text) == ["x" * size]
