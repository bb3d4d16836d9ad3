"""Forged webhooks are refused with one and the same answer, and nothing of them is kept."""

import base64
import hashlib
import hmac
import json
import os
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from functions.webhooks import signatures
from shared import settings
from shared.ids import uuid7
from tests.campus import Answer, Campus, context, decoded, gateway_event

PATH = "/webhooks/revenuecat"
SIGNATURE = "x-revenuecat-webhook-signature"
KEY = "webhook-signing-key"
SEED = os.environ.get("CAMPUS_SEED", "campus")
MUTATIONS = 5_000 if os.environ.get("CAMPUS_FUZZ") == "all" else 200


@pytest.fixture(autouse=True)
def _signed_webhooks(monkeypatch: pytest.MonkeyPatch):
    """Both proofs are configured: the secret, and the HMAC of the raw body."""
    known = settings.secret

    def secret(name: str, *, fresh: bool = False) -> str:
        keys = json.dumps([KEY, "older-key"])
        return keys if name == "revenuecat-webhook-hmac" else known(name, fresh=fresh)

    monkeypatch.setattr(signatures, "secret", secret)
    monkeypatch.setattr(signatures, "_absent", {})


def event() -> bytes:
    body = {"id": str(uuid7()), "type": "INITIAL_PURCHASE", "event_timestamp_ms": 1_780_000_000_000,
            "app_user_id": str(uuid7()), "environment": "PRODUCTION"}  # fmt: skip
    return json.dumps({"event": body}).encode()


def proof(raw: bytes, key: str = KEY, at: float | None = None) -> str:
    moment = int(time.time() if at is None else at)
    made = hmac.new(key.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={moment},v1={made}"


def password() -> str:
    return json.loads(settings.secret("revenuecat-webhook"))[0]


def send(campus: Campus, raw: bytes, **headers: str) -> Answer:
    given = {"authorization": password(), SIGNATURE: proof(raw)}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return campus.call("POST", PATH, raw=raw, headers=given)


def kept(campus: Campus) -> int:
    return campus.rows("select count(*) from inbound_event")[0][0]


def forgeries(raw: bytes) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """What is wrong, the body, and the headers that differ from the right ones."""
    name, right, now = SIGNATURE, proof(raw), time.time()
    digest = right.rpartition("=")[2]
    reserialized = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    yield "reserialized", reserialized, {name: right}
    yield "one byte off", raw.replace(b"PRODUCTION", b"PRODUCTIOM"), {name: right}
    yield "a byte more", raw + b" ", {name: right}
    yield "a byte less", raw[:-1], {name: right}
    for shift in (-301, -86_400, 360, 86_400, -now, 10**11):  # a minute may go by meanwhile
        yield f"{shift} seconds off", raw, {name: proof(raw, at=now + shift)}
    moved = f"t={int(now) + 1},v1={digest}"
    for wrong in (
        "", right.upper(), digest, f"v1={digest}", f"t={int(now)}", moved, f"{right},", f",{right}",
        f"{right} ", f"{right}\n", right.replace("v1", "v0"), right[:-1], f"{right}0", "t=,v1=",
        f"t=-{int(now)},v1={digest}", f"t=٣,v1={digest}", f"t={int(now)},v1={'0' * 64}", "é",
        f"t={int(now)},v1={digest[:32]}", proof(raw, "other"), proof(raw, ""), proof(b""),
        f"t={int(now)}," + ",".join(["v1=" + "0" * 64] * 6),
    ):  # fmt: skip
        yield f"signature {wrong[:40]!r}", raw, {name: wrong}
    secret = password()
    for wrong in (
        "", "Bearer", f"Bearer {secret}", f"{secret} ", secret[:-1], secret + "0", secret.upper(),
        secret.swapcase() + "x", "null", "[]", f"{secret},{secret}", "é", "\x00",
        base64.b64encode(secret.encode()).decode(), settings.secret("cursor-key"),
    ):  # fmt: skip
        yield f"password {wrong[:10]!r}", raw, {"authorization": wrong}


def test_the_right_one_is_taken_and_an_older_key_too(campus: Campus):
    for key in (KEY, "older-key"):
        raw = event()
        assert send(campus, raw, **{SIGNATURE: proof(raw, key)}).status == 200


def test_no_forgery_is_taken(campus: Campus):
    raw, answers = event(), set()
    before = kept(campus)
    for name, body, headers in forgeries(raw):
        answer = send(campus, body, **headers)
        assert answer.status == 401, (name, answer.text)
        answers.add((answer.error, answer.json["error"]["message"]))
    assert len(answers) == 1, "the answer tells which of the proofs was wrong"
    assert kept(campus) == before


def test_no_mutated_signature_is_taken(campus: Campus):
    raw, chance = event(), random.Random(SEED)
    right, before = proof(raw), kept(campus)
    letters = "0123456789abcdefABCDEF=,tv \n\u0661"
    for _ in range(MUTATIONS):
        place = chance.randrange(len(right))
        wrong = right[:place] + chance.choice(letters) + right[place + chance.randrange(2) :]
        if wrong != right:
            assert send(campus, raw, **{SIGNATURE: wrong}).status == 401, f"{wrong!r}, {SEED!r}"
    assert kept(campus) == before


@pytest.mark.parametrize("flag", [True, False])
def test_a_flipped_base64_flag_changes_what_was_signed(campus: Campus, flag: bool):
    raw = event()
    headers = {"authorization": password(), SIGNATURE: proof(raw)}
    sent = gateway_event("POST", PATH, None, None, headers, raw, campus.address)
    if flag:
        sent["body"] = raw.decode()
    sent["isBase64Encoded"] = flag
    answer = decoded(campus.handlers["webhooks"](sent, context()))
    assert answer.status in (400, 401), answer.text


def test_another_body_under_a_known_id_is_not_taken_for_new(campus: Campus):
    raw = event()
    other = raw.replace(b"INITIAL_PURCHASE", b"EXPIRATION")
    assert [send(campus, body).status for body in (raw, other)] == [200, 200]
    stored: Any = campus.rows(
        "select payload from inbound_event where provider_event_id = %s",
        json.loads(raw)["event"]["id"],
    )
    assert [bytes(row[0]) for row in stored] == [raw]


@pytest.mark.parametrize(
    "provider",
    ["..", "../revenuecat", "revenuecat/..", "%2e%2e", "RevenueCat", "revenuecat ", "x" * 600,
     "revenuecat\x00", "__class__"],
)  # fmt: skip
def test_only_known_providers_are_listened_to(campus: Campus, provider: str):
    raw = event()
    headers = {"authorization": password(), SIGNATURE: proof(raw)}
    sent = gateway_event("POST", "/", None, None, headers, raw, "192.0.2.1")
    sent["rawPath"] = f"/webhooks/{provider}"
    assert decoded(campus.handlers["webhooks"](sent, context())).status in (404, 405)
