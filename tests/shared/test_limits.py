"""Rate limits: who is counted for what, and what a refused caller is told."""

import pytest

from shared import limits
from tests.campus import Campus, User

LIST = "/v2/tasks/assignments"


def test_answers_say_how_many_requests_are_left(campus: Campus, user: User):
    first = campus.call("GET", LIST, user).headers
    second = campus.call("GET", LIST, user).headers
    assert first["RateLimit-Policy"] == '"requests";q=100;w=60'
    assert int(second["X-RateLimit-Remaining"]) == int(first["X-RateLimit-Remaining"]) - 1


def test_over_the_limit_is_429_and_still_counts(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(limits.BY_TIER, "free", 3)
    statuses = [campus.call("GET", LIST, user).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    refused = campus.call("GET", LIST, user)
    assert refused.error == "RATE_LIMIT_EXCEEDED"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.json["error"]["details"]["policy"] == "requests"


def test_creates_have_a_limit_of_their_own(
    campus: Campus, premium: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(limits.BY_KIND, "creates", 1)
    body = {"title": "x", "dueAt": "2027-01-01T10:00:00Z"}
    assert campus.call("POST", LIST, premium, body).status == 201
    assert campus.call("POST", LIST, premium, body).status == 429
    assert campus.call("GET", LIST, premium).status == 200


def test_a_bad_body_counts_too(campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(limits.BY_TIER, "free", 2)
    statuses = [campus.call("POST", LIST, user, {"nonsense": 1}).status for _ in range(4)]
    assert statuses == [422, 422, 429, 429]


def test_bad_credentials_are_counted_by_address(campus: Campus, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "REFUSED_CREDENTIALS", 2)
    monkeypatch.setattr(campus, "address", "192.0.2.77")
    statuses = [campus.call("GET", LIST).status for _ in range(4)]
    assert statuses == [401, 401, 429, 429]


def test_those_who_keep_violating_are_blocked_for_a_day(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(limits.BY_TIER, "free", 1)
    for _ in range(limits.BLOCK + 2):
        campus.call("GET", LIST, user)
    monkeypatch.setitem(limits.BY_TIER, "free", 10**6)
    assert campus.call("GET", LIST, user).status == 429
    campus.admin.execute("update rate_limit set violated_at = now() - interval '25 hours'")
    assert campus.call("GET", LIST, user).status == 200
