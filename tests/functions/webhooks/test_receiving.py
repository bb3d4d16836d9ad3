"""Who may send webhooks, and what is taken from them."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.webhooks import signatures
from shared import settings
from tests.campus import Campus, User, context, decoded, gateway_event
from tests.functions.webhooks.conftest import RevenueCat

HMAC = "revenuecat-webhook-hmac"


def signature(raw: bytes, key: str, at: float | None = None) -> str:
    moment = int(time.time() if at is None else at)
    digest = hmac.new(key.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def body(revenuecat: RevenueCat, user: User) -> bytes:
    return json.dumps({"event": revenuecat.event("RENEWAL", user.id)}).encode()


def test_a_webhook_is_stored_as_it_came_and_told(campus: Campus, revenuecat: RevenueCat, user):
    raw = body(revenuecat, user)
    headers = {"authorization": revenuecat.secrets[0]}
    answer = campus.call("POST", revenuecat.path, None, None, headers, raw)
    assert (answer.status, answer.data) == (200, {"received": True})
    event_id = json.loads(raw)["event"]["id"]
    stored = campus.rows(
        "select id, payload, status, kind from inbound_event where provider_event_id = %s", event_id
    )[0]
    assert (stored[1], stored[2], stored[3]) == (raw, "received", "RENEWAL")
    told = [e for e in campus.bus.seen if e["data"].get("inboundEventId") == str(stored[0])]
    assert [(e["type"], e["actor"]["type"]) for e in told] == [
        ("inbound_event.received", "provider")
    ]


def test_the_old_secret_is_valid_beside_the_new_one(revenuecat: RevenueCat, user: User):
    new, old = revenuecat.secrets
    for accepted in (new, old):
        sent = revenuecat.send(revenuecat.event("RENEWAL", user.id), authorization=accepted)
        assert sent.status == 200


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "Bearer {}", "{} ", " {}", "{},{}", "{}x", "ключ", "{upper}", "[]", "null"],
)
def test_whoever_lacks_the_secret_gets_one_uniform_401(revenuecat: RevenueCat, user: User, wrong):
    known = revenuecat.secrets[0]
    given = wrong.replace("{upper}", known.upper()).replace("{}", known)
    answer = revenuecat.send(revenuecat.event("RENEWAL", user.id), authorization=given)
    assert (answer.status, answer.error) == (401, "UNAUTHORIZED")
    assert answer.json["error"] == {
        "code": "UNAUTHORIZED",
        "message": "The webhook is not signed by its provider.",
        "details": {},
    }


def test_nothing_of_a_refused_webhook_is_stored(campus: Campus, revenuecat: RevenueCat, user: User):
    event = revenuecat.event("RENEWAL", user.id)
    assert revenuecat.send(event, authorization="wrong").status == 401
    assert not campus.rows("select 1 from inbound_event where provider_event_id = %s", event["id"])


class StoreError(Exception):
    """As boto3 raises it."""

    def __init__(self, code: str) -> None:
        self.response = {"Error": {"Code": code}}
        super().__init__(code)


@pytest.mark.parametrize(
    "value",
    [
        KeyError("revenuecat-webhook"), "[]", "", "not json", '"text"', "[1]", '[""]', "{}",
        StoreError("ResourceNotFoundException"), StoreError("AccessDeniedException"),
        TimeoutError(),
    ],
    ids=str,
)  # fmt: skip
def test_without_a_configured_secret_nobody_is_let_in(revenuecat: RevenueCat, user, secret, value):
    known = revenuecat.secrets[0]
    secret("revenuecat-webhook", value)
    for sent in (known, "", "null"):
        answer = revenuecat.send(revenuecat.event("RENEWAL", user.id), authorization=sent)
        assert (answer.status, answer.error) == (503, "SERVICE_UNAVAILABLE")


class TestWithAnHmacKey:
    """The body is signed too, once the key is configured."""

    @pytest.fixture(autouse=True)
    def _configured(self, secret: Any) -> None:
        secret(HMAC, '["new key", "old key"]')

    def call(self, revenuecat: RevenueCat, raw: bytes, header: str | None) -> int:
        headers = {"authorization": revenuecat.secrets[0]}
        if header is not None:
            headers["x-revenuecat-webhook-signature"] = header
        return revenuecat.campus.call("POST", revenuecat.path, None, None, headers, raw).status

    def test_both_keys_sign(self, revenuecat: RevenueCat, user: User):
        for key in ("new key", "old key"):
            raw = body(revenuecat, user)
            assert self.call(revenuecat, raw, signature(raw, key)) == 200

    def test_two_signatures_over_a_rotation_are_taken(self, revenuecat: RevenueCat, user: User):
        raw = body(revenuecat, user)
        both = signature(raw, "future key") + "," + signature(raw, "new key").partition(",")[2]
        assert self.call(revenuecat, raw, both) == 200

    def test_what_was_not_signed_just_now_is_refused(self, revenuecat: RevenueCat, user: User):
        raw, now = body(revenuecat, user), time.time()
        assert self.call(revenuecat, raw, signature(raw, "new key", now - 240)) == 200
        for moment in (now - 301, now + 360, 0):
            assert self.call(revenuecat, raw, signature(raw, "new key", moment)) == 401

    def test_another_body_is_refused(self, revenuecat: RevenueCat, user: User):
        raw = body(revenuecat, user)
        header = signature(raw, "new key")
        reserialized = json.dumps(json.loads(raw), separators=(",", ":")).encode()
        one_off = raw.replace(b"RENEWAL", b"RENEWAM")
        for other in (reserialized, one_off, raw + b" ", b""):
            assert self.call(revenuecat, other, header) == 401

    @pytest.mark.parametrize(
        "header",
        [None, "", "t=1", "v1=00", "t=,v1=", "t={t},v1=", "t={t},v0={v}", "t={t},v1={V}",
         "t={t}, v1={v}", "t={t},v1={v}\n", "t=-{t},v1={v}", "t={t}.0,v1={v}", "t=٣,v1={v}",
         "t={t}000000000000,v1={v}"],
    )  # fmt: skip
    def test_other_spellings_are_refused(self, revenuecat: RevenueCat, user: User, header):
        raw = body(revenuecat, user)
        good = signature(raw, "new key")
        moment, digest = good[2:].split(",v1=")
        values = {"t": moment, "v": digest, "V": digest.upper()}
        given = header.format(**values) if header else header
        assert self.call(revenuecat, raw, given) == 401

    def test_the_secret_is_needed_besides(self, campus: Campus, revenuecat: RevenueCat, user: User):
        raw = body(revenuecat, user)
        headers = {"x-revenuecat-webhook-signature": signature(raw, "new key")}
        assert campus.call("POST", revenuecat.path, None, None, headers, raw).status == 401

    def test_a_store_that_does_not_answer_lets_nobody_in(self, revenuecat, user: User, secret):
        secret(HMAC, StoreError("AccessDeniedException"))
        assert self.call(revenuecat, body(revenuecat, user), None) == 503


@given(st.binary(max_size=200), st.text(max_size=200))
def test_no_invented_proof_is_taken(raw: bytes, header: str):
    assert not signatures.is_signed(header, raw, ["key"])
    assert not signatures.is_one_of(header, ["a secret that is not guessed"])


def test_a_missing_key_is_asked_for_once_in_five_minutes(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def read(name: str) -> str:
        asked.append(name)
        raise KeyError(name)

    monkeypatch.setattr(signatures, "_absent", {})
    monkeypatch.setattr(signatures, "secret", read)
    assert signatures.optional_secrets("none") == signatures.optional_secrets("none") == []
    assert asked == ["none"]
    signatures._absent["none"] -= settings.SECRET_LIFETIME
    signatures.optional_secrets("none")
    assert asked == ["none", "none"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b"NaN", 400), (b"[" * 1000, 400),
        (b'{"event": {"id": "\\ud800"}}', 400),
        (b"null", 422), (b"[]", 422), (b"{}", 422), (b'{"event": []}', 422),
        (b'{"event": {"id": 1, "type": "X", "event_timestamp_ms": 1}}', 422),
        (b'{"event": {"id": "", "type": "X", "event_timestamp_ms": 1}}', 422),
        (b'{"event": {"id": "a", "type": "", "event_timestamp_ms": 1}}', 422),
        (b'{"event": {"id": "a\\u0000", "type": "X", "event_timestamp_ms": 1}}', 422),
        (b'{"event": {"id": "a", "type": "X", "event_timestamp_ms": "1"}}', 422),
        (b'{"event": {"id": "a", "type": "X", "event_timestamp_ms": -1}}', 422),
        (b'{"event": {"id": "a", "type": "X", "event_timestamp_ms": 9223372036854775808}}', 422),
        (b'{"event": {"id": "a", "type": "X", "event_timestamp_ms": 1.5}}', 422),
        (b'{"event": {"id": "' + b"a" * 201 + b'", "type": "X", "event_timestamp_ms": 1}}', 422),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_not_stored(campus, revenuecat, raw, status):
    before = campus.rows("select count(*) from inbound_event")
    headers = {"authorization": revenuecat.secrets[0]}
    answer = campus.call("POST", revenuecat.path, None, None, headers, raw)
    assert answer.status == status, answer.text
    assert answer.error == {400: "MALFORMED_JSON", 422: "VALIDATION_ERROR"}[status]
    assert campus.rows("select count(*) from inbound_event") == before


def test_a_field_that_is_wrong_is_named_as_the_provider_names_it(campus, revenuecat):
    raw = b'{"event": {"id": "a", "type": "X"}}'
    headers = {"authorization": revenuecat.secrets[0]}
    answer = campus.call("POST", revenuecat.path, None, None, headers, raw)
    (error,) = answer.json["error"]["details"]["errors"]
    assert error["pointer"] == "/event/event_timestamp_ms"


def test_a_flipped_encoding_flag_is_never_a_server_error(campus: Campus, revenuecat, user: User):
    headers = {"authorization": revenuecat.secrets[0]}
    raw = body(revenuecat, user)
    event = gateway_event("POST", revenuecat.path, None, None, headers, raw, campus.address)
    for flag, text in ((False, event["body"]), (True, raw.decode())):
        event |= {"isBase64Encoded": flag, "body": text}
        answer = decoded(campus.handlers["webhooks"](event, context()))
        assert (answer.status, answer.error) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize("path", ["/webhooks/stripe", "/webhooks/revenuecat/x", "/webhooks/"])
def test_other_providers_are_not_known(campus: Campus, revenuecat: RevenueCat, path: str):
    headers = {"authorization": revenuecat.secrets[0]}
    assert campus.call("POST", path, None, {}, headers).status == 404


def test_a_webhook_is_posted(campus: Campus, revenuecat: RevenueCat):
    answer = campus.call("GET", revenuecat.path)
    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def test_the_same_id_counts_once_whatever_the_second_body_says(campus, revenuecat, user: User):
    event = revenuecat.tell("INITIAL_PURCHASE", user.id)
    first = revenuecat.subscription(user.id)
    again = revenuecat.send({**event, "type": "EXPIRATION"})
    revenuecat.settle()
    assert again.status == 200
    assert revenuecat.subscription(user.id) == first
    count = "select count(*) from inbound_event where provider_event_id = %s"
    assert campus.rows(count, event["id"]) == [(1,)]
