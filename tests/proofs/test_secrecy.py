"""Nothing that a client sends is in a log line or on the bus, whatever becomes of the request.

A canary is planted in every field of every body that a route takes, in query, path and headers; the
user pool fails with a message that repeats what it was given, as services and databases do.
"""

import json
import logging
import re
from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from pydantic import ValidationError

from shared import aws, limits, observe
from shared.models import Model
from shared.routing import Route
from tests.campus import Campus, User, token
from tests.proofs.routes import every_route, path_of, route_id
from tests.things import body_for

CANARY = "zzcanary7f"
ROUTES = every_route()


class Recorder:
    """Stands for the logger: keeps every line with all of its fields."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def error(self, message: str, **fields: Any) -> None:
        self.lines.append(json.dumps([message, fields], default=str))


class TalkativePool:
    """Stands for a user pool whose errors repeat what it was given."""

    def __getattr__(self, name: str) -> Any:
        from botocore.exceptions import ClientError

        def fail(**parameters: Any) -> None:
            error = {"Code": "InternalErrorException", "Message": str(parameters)}
            raise ClientError({"Error": error}, name)

        return fail


@pytest.fixture
def said(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Everything written during a test, looked through at its end."""
    recorder = Recorder()
    monkeypatch.setattr(observe, "logger", lambda service: recorder)
    monkeypatch.setitem(aws._clients, "cognito-idp", TalkativePool())
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    lines, events = len(campus.lines), len(campus.bus.seen)
    with caplog.at_level(logging.INFO):
        yield
    written = [json.dumps(line, default=str) for line in campus.lines[lines:]]
    assert written
    written += recorder.lines + [record.getMessage() for record in caplog.records]
    for text in written:
        assert CANARY not in text.lower(), text
    for fact in campus.bus.seen[events:]:
        assert CANARY not in json.dumps(fact).lower(), fact["type"]


def planted(model: type[Model], body: Any) -> Any:
    """The body with the canary in every text that may be any text."""
    for at, text in texts(body):
        end = f"{CANARY}@example.com" if "@" in text else text + CANARY
        for free in (end, end[-20:], CANARY):
            changed = replaced(body, at, free)
            if takes(model, changed):
                body = changed
                break
    return body


def takes(model: type[Model], body: Any) -> bool:
    """Whether a route with this request model takes the body."""
    try:
        model.model_validate_json(json.dumps(body), by_alias=True, by_name=False)
    except ValidationError:
        return False
    return True


def texts(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The texts in a body with their places, but for times: what a batch holds is read later."""
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value):
        yield at, value
    pairs = value.items() if isinstance(value, dict) else ()
    for name, inner in enumerate(value) if isinstance(value, list) else pairs:
        yield from texts(inner, (*at, name))


def replaced(body: Any, at: tuple[Any, ...], text: str) -> Any:
    """The body with another text in one place."""
    if not at:
        return text
    changed = copy(body)
    changed[at[0]] = replaced(body[at[0]], at[1:], text)
    return changed


def spoiled(value: Any) -> Any:
    """The body with nothing but the canary in it."""
    if isinstance(value, dict):
        return {key: spoiled(inner) for key, inner in value.items()}
    return [spoiled(inner) for inner in value] if isinstance(value, list) else CANARY


@pytest.mark.parametrize(("domain", "version", "route"), ROUTES, ids=route_id)
def test_what_is_sent_is_not_logged(
    campus: Campus, said: None, domain: str, version: str, route: Route
):
    user = campus.user(role="admin", tier="premium")
    body = body_for(route.body[1]) if route.body else None
    names = {name: CANARY for name, kind in route.parameters.items() if kind is str}
    path = path_of(version, route, names)
    headers = {"User-Agent": CANARY, "Idempotency-Key": CANARY, "X-Client-Version": CANARY,
               "Origin": f"https://{CANARY}.example", "X-Forwarded-For": CANARY}  # fmt: skip
    for sent in (planted(route.body[1], body), spoiled(body)) if body else (None,):
        campus.call(route.method, f"{path}?q={CANARY}&{CANARY}=1", user, sent, headers)
    raw = f'{{"{CANARY}": '.encode() if body else None
    campus.call(route.method, path, user, raw=raw, headers={**headers, "If-Match": CANARY})


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {CANARY}"},
        {"authorization": f"Basic {CANARY}"},
        {"x-api-key": f"campus_{CANARY}"},
    ],
    ids=["token", "basic", "key"],
)
def test_credentials_are_not_logged(campus: Campus, said: None, headers: dict[str, str]):
    assert campus.call("GET", "/v2/users/me", headers=headers).status == 401


def test_who_an_expired_token_speaks_of_is_not_logged(campus: Campus, said: None):
    headers = {"authorization": f"Bearer {token(CANARY, exp=1)}"}
    assert campus.call("GET", "/v2/users/me", headers=headers).status == 401


def test_tokens_and_keys_that_are_good_are_not_logged_either(campus: Campus, user: User):
    body = {"name": "x", "scopes": ["*"]}
    made = campus.call("POST", "/v2/users/me/api-keys", user, body).data
    campus.call("GET", "/v2/users/me", headers={"x-api-key": made["key"]})
    written = json.dumps(campus.lines, default=str) + json.dumps(campus.bus.seen, default=str)
    secrets = (user.token, made["key"], made["signingSecret"], user.email, user.subject)
    assert not [secret for secret in secrets if secret in written]


def test_what_a_constraint_refuses_is_not_logged(campus: Campus, said: None, user: User):
    name = {"username": CANARY}
    first = campus.call("PATCH", "/v2/users/me", user, name)
    assert first.status in (200, 409)
    assert campus.call("PATCH", "/v2/users/me", campus.user(), name).status == 409


def test_the_message_of_an_unexpected_error_is_not_logged(said: None, campus: Campus, user: User):
    campus.call("GET", "/v2/users/me", user)
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(f"row ({CANARY})") from cause
    except ValueError as error:
        observe.log_failure("tasks", error, request_id="req_1")


def test_a_line_stays_one_line(campus: Campus, capsys: pytest.CaptureFixture[str]):
    fields = {"route": "/x\n\x1b[31m{}", "caller": "a\r\nb", "level": "INFO"}
    import sys

    original = observe.sys
    observe.sys = sys
    try:
        observe.canonical_line("tasks", "request\n", fields, {})
    finally:
        observe.sys = original
    written = capsys.readouterr().out
    assert written.count("\n") == 1
    assert written.rstrip("\n").isprintable()
