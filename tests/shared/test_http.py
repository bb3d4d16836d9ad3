"""What every answer of every route has: versions, headers, caching, compression, deadlines."""

import json

import pytest

from tests.campus import Campus, User

LIST = "/v2/tasks/assignments"
DUE = "2027-01-10T10:00:00Z"


@pytest.fixture
def two(campus: Campus, user: User) -> User:
    for title in ("A" * 190, "B"):
        campus.call("POST", LIST, user, {"title": title, "dueAt": DUE, "description": "x" * 900})
    return user


def test_versions_are_named_on_every_answer(campus: Campus, user: User):
    for path, name in ((LIST, "v2"), ("/v1/tasks/assignments", "v1"), ("/v2/nowhere", "v2")):
        headers = campus.call("GET", path, user).headers
        assert headers["X-API-Version"] == name
        assert headers["X-Supported-Versions"] == "v1, v2"
        assert headers["X-Latest-Version"] == "v2"


def test_a_deprecated_version_says_so_in_every_way(campus: Campus, user: User):
    headers = campus.call("GET", "/v1/tasks/assignments", user).headers
    assert headers["Deprecation"] == "@1788220800"
    assert headers["Sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert headers["Link"] == (
        '</versions/v1/migration-guide>; rel="deprecation", '
        '</v2/tasks/assignments>; rel="successor-version"'
    )
    assert headers["X-Deprecated-Version"] == "v1"
    assert headers["X-Sunset-Date"] == "2027-06-30"
    assert headers["X-Migration-Guide"] == "/versions/v1/migration-guide"


def test_after_the_sunset_v1_is_gone_and_v2_untouched(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CAMPUS_VERSION_DATES", json.dumps({"v1": {"sunset": "2026-01-01"}}))
    gone = campus.call("GET", "/v1/tasks/assignments", user)
    assert (gone.status, gone.error) == (410, "VERSION_SUNSET")
    assert gone.json["error"]["details"]["migrationGuide"] == "/versions/v1/migration-guide"
    here = campus.call("GET", LIST, user)
    assert here.status == 200
    assert here.headers["X-Supported-Versions"] == "v2"


def test_an_unknown_version_is_told_which_there_are(campus: Campus, user: User):
    answer = campus.call("GET", "/v9/tasks/assignments", user)
    assert (answer.status, answer.error) == (400, "UNSUPPORTED_VERSION")
    assert answer.json["error"]["details"] == {
        "supportedVersions": ["v1", "v2"],
        "latestVersion": "v2",
    }


def test_an_unchanged_list_is_not_sent_again(campus: Campus, two: User):
    first = campus.call("GET", LIST, two)
    again = campus.call("GET", LIST, two, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    old = campus.call("GET", "/v1/tasks/assignments", two)
    assert old.headers["ETag"] != first.headers["ETag"]


def test_long_answers_are_compressed_for_those_who_accept_it(campus: Campus, two: User):
    plain = campus.call("GET", LIST, two)
    packed = campus.call("GET", LIST, two, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.text == plain.text


def test_security_headers_are_on_every_answer(campus: Campus, user: User):
    for path in (LIST, "/nowhere", "/v9/x"):
        headers = campus.call("GET", path, user).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Strict-Transport-Security"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_a_wrong_method_names_the_right_ones(campus: Campus, user: User):
    answer = campus.call("PUT", LIST, user, {})
    assert (answer.status, answer.error) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_is_get_without_a_body(campus: Campus, two: User):
    answer = campus.call("HEAD", LIST, two)
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["ETag"] == campus.call("GET", LIST, two).headers["ETag"]


def test_only_listed_origins_may_call_from_a_browser(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CORS_ORIGINS", "https://app.campus.example")
    listed = campus.call("GET", LIST, user, headers={"Origin": "https://app.campus.example"})
    assert listed.headers["Access-Control-Allow-Origin"] == "https://app.campus.example"
    other = campus.call("GET", LIST, user, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    preflight = campus.call("OPTIONS", LIST, None, headers={"Origin": "https://app.campus.example"})
    assert preflight.status == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


def test_old_client_releases_are_sent_to_the_store(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MINIMUM_CLIENTS", "ios/2.1,web/3.0")
    old = campus.call("GET", LIST, user, headers={"X-Client-Version": "ios/2.0.9"})
    assert (old.status, old.error) == (426, "CLIENT_UPGRADE_REQUIRED")
    assert campus.call("GET", LIST, user, headers={"X-Client-Version": "ios/2.1"}).status == 200
    assert (
        campus.call("GET", LIST, user, headers={"X-Client-Version": "web/nonsense"}).status == 200
    )


def test_without_a_minimum_every_release_is_served(campus: Campus, user: User):
    assert campus.call("GET", LIST, user, headers={"X-Client-Version": "ios/0.1"}).status == 200


def test_an_empty_origin_is_no_origin(campus: Campus, user: User):
    headers = campus.call("GET", LIST, user, headers={"Origin": ""}).headers
    assert "Access-Control-Allow-Origin" not in headers


def test_problem_json_says_the_same_error(campus: Campus, user: User):
    accept = {"Accept": "application/problem+json"}
    answer = campus.call("GET", f"{LIST}/nope", user, headers=accept)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == 404
    assert answer.json["code"] == "NOT_FOUND"


def test_sparse_fields_and_sorting_are_whitelisted(campus: Campus, two: User):
    answer = campus.call("GET", f"{LIST}?fields=title&sort=-title", two)
    assert [sorted(item) for item in answer.data] == [["id", "title"]] * 2
    assert answer.data[0]["title"] == "B"
    for query in ("fields=userId", "sort=user_id", "sort=--title"):
        refused = campus.call("GET", f"{LIST}?{query}", two)
        assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")


def test_a_cursor_serves_its_own_list_only(campus: Campus, two: User):
    cursor = campus.call("GET", f"{LIST}?limit=1", two).json["pageInfo"]["endCursor"]
    stranger = campus.user()
    for who, query in ((stranger, ""), (two, "&sort=-title"), (two, "&status=todo")):
        answer = campus.call("GET", f"{LIST}?limit=1&cursor={cursor}{query}", who)
        assert (answer.status, answer.error) == (400, "INVALID_CURSOR")
    altered = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    assert campus.call("GET", f"{LIST}?cursor={altered}", two).error == "INVALID_CURSOR"


def test_nothing_personal_is_in_the_canonical_line(campus: Campus, user: User):
    campus.call(
        "POST", LIST, user, {"title": "canary-8c1f", "dueAt": DUE}, {"X-Note": "canary-8c1f"}
    )
    campus.call("GET", f"{LIST}?q=canary-8c1f", user)
    text = json.dumps(campus.lines[-2:], default=str)
    assert "canary-8c1f" not in text
    assert user.token not in text
    assert user.email not in text
    line = campus.lines[-1]
    assert {"request_id", "route", "version", "status", "db_round_trips", "cold_start"} <= set(line)
