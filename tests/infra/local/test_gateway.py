"""The gateway's imitation sends what API Gateway sends: shapes are AWS's, payload format 2.0."""

import json
from typing import Any

import pytest

from infra.local.functions import Function, Route
from infra.local.gateway import Call, Match, Router, decoded_path, to_event, to_reply


def function(domain: str, *routes: tuple[str, str]) -> Function:
    return Function(
        domain=domain,
        name=f"campus-local-{domain}",
        arn=f"arn:aws:lambda:eu-central-1:000000000000:function:campus-local-{domain}",
        handler=f"functions.{domain}.handler.handle",
        timeout=30,
        memory=512,
        environment={},
        routes=tuple(Route(method, path) for method, path in routes),
        schedules=(),
        sources=(),
    )


ROUTER = Router(
    [
        function("health", ("ANY", "$default")),
        function("tasks", ("ANY", "/{version}/tasks"), ("ANY", "/{version}/tasks/{proxy+}")),
        function("admin", ("ANY", "/v2/tasks/{proxy+}")),
        function("feeds", ("GET", "/{version}/tasks/feed")),
    ]
)


def event_for(
    method: str = "GET",
    target: str = "/v2/tasks",
    headers: tuple[tuple[str, str], ...] = (("Host", "localhost:8080"),),
    body: bytes = b"",
) -> dict[str, Any]:
    match = ROUTER.match(method, decoded_path(target))
    assert match
    return to_event(Call(method, target, headers, body, "127.0.0.1"), match)


@pytest.mark.parametrize(
    ("method", "path", "domain", "parameters"),
    [
        ("GET", "/v1/tasks", "tasks", {"version": "v1"}),
        ("PURGE", "/v1/tasks/a/b", "tasks", {"version": "v1", "proxy": "a/b"}),
        ("GET", "/v1/tasks/", "tasks", {"version": "v1", "proxy": ""}),
        ("GET", "/v2/tasks/a", "admin", {"proxy": "a"}),
        ("GET", "/v1/tasks/feed", "feeds", {"version": "v1"}),
        ("POST", "/v1/tasks/feed", "tasks", {"version": "v1", "proxy": "feed"}),
        ("GET", "/tasks", "health", {}),
        ("GET", "//tasks", "health", {}),
        ("GET", "/", "health", {}),
    ],
)
def test_the_most_specific_route_wins(
    method: str, path: str, domain: str, parameters: dict[str, str]
) -> None:
    match = ROUTER.match(method, path)
    assert match
    assert (match.function.domain, dict(match.parameters)) == (domain, parameters)


def test_without_a_default_route_an_unknown_path_matches_nothing() -> None:
    assert Router([function("tasks", ("ANY", "/tasks"))]).match("GET", "/other") is None


def test_a_path_is_decoded_once_and_the_query_stays_raw() -> None:
    event = event_for(target="/v2/tasks/a%20b%252F?q=%C3%A9&q=2&empty=&flag")
    assert event["rawPath"] == "/v2/tasks/a b%2F"
    assert event["requestContext"]["http"]["path"] == "/v2/tasks/a b%2F"
    assert event["pathParameters"] == {"proxy": "a b%2F"}
    assert event["rawQueryString"] == "q=%C3%A9&q=2&empty=&flag"
    assert event["queryStringParameters"] == {"q": "é,2", "empty": "", "flag": ""}


def test_what_follows_an_encoded_question_mark_is_lost_as_on_aws() -> None:
    assert event_for(target="/v2/tasks/a%3Fadmin=true")["rawPath"] == "/v2/tasks/a"


def test_headers_are_lower_case_and_duplicates_are_joined_while_cookies_stand_apart() -> None:
    event = event_for(headers=(("X-A", "1"), ("x-a", "2"), ("Cookie", "k=v; z=y"), ("Host", "h")))
    assert event["headers"]["x-a"] == "1,2"
    assert "cookie" not in event["headers"]
    assert event["cookies"] == ["k=v", "z=y"]


def test_what_a_client_says_about_its_address_is_kept_but_not_believed() -> None:
    event = event_for(headers=(("X-Forwarded-For", "1.2.3.4"),))
    assert event["headers"]["x-forwarded-for"] == "1.2.3.4, 127.0.0.1"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("content_type", "body", "expected", "encoded"),
    [
        ("application/json", b'{"a":1}', '{"a":1}', False),
        ("application/json; charset=utf-8", "é".encode(), "é", False),
        ("text/calendar", b"x", "x", False),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("application/merge-patch+json", b"{}", "e30=", True),
        ("application/octet-stream", b"\x00\xff", "AP8=", True),
        ("application/json", b"\xff", "/w==", True),
        ("", b"x", "eA==", True),
    ],
)
def test_a_body_is_text_only_for_types_that_the_gateway_takes_for_text(
    content_type: str, body: bytes, expected: str, encoded: bool
) -> None:
    headers = (("Content-Type", content_type),) if content_type else ()
    event = event_for("POST", headers=headers, body=body)
    assert (event["body"], event["isBase64Encoded"]) == (expected, encoded)


def test_a_call_without_query_cookies_body_or_parameters_has_none_of_these_keys() -> None:
    event = event_for(target="/elsewhere")
    absent = {"queryStringParameters", "cookies", "body", "pathParameters"}
    assert not absent & event.keys()
    assert (event["routeKey"], event["isBase64Encoded"]) == ("$default", False)


def test_the_context_names_route_stage_and_caller() -> None:
    context = event_for("DELETE", "/v2/tasks/1")["requestContext"]
    assert context["routeKey"] == "ANY /v2/tasks/{proxy+}"
    assert context["stage"] == "$default"
    assert context["http"]["method"] == "DELETE"
    assert context["timeEpoch"] > 1_700_000_000_000
    assert context["requestId"]


def test_an_absolute_target_is_read_as_its_path() -> None:
    assert decoded_path("http://localhost/v2/tasks?x=http://y") == "/v2/tasks"


def test_the_event_is_plain_json() -> None:
    event = event_for(target="/%ff?x=%ff")
    assert json.loads(json.dumps(event)) == event


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 204}, 204, b""),
        ({"statusCode": "201", "body": "é"}, 201, "é".encode()),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, b"\x00\xff"),
        ({"message": "no status"}, 200, b'{"message": "no status"}'),
        (
            {"statusCode": 200, "body": {"not": "text"}},
            500,
            b'{"message": "Internal Server Error"}',
        ),
        ({"statusCode": "many"}, 500, b'{"message": "Internal Server Error"}'),
        (
            {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}},
            500,
            b'{"message": "Internal Server Error"}',
        ),
    ],
)
def test_a_functions_answer_becomes_a_reply(answer: Any, status: int, body: bytes) -> None:
    reply = to_reply(answer)
    assert (reply.status, reply.body) == (status, body)


def test_an_answers_headers_and_cookies_arrive() -> None:
    answer = {"statusCode": 200, "headers": {"X-A": 1}, "cookies": ["a=1", "b=2"]}
    assert to_reply(answer).headers == [
        ("x-a", "1"),
        ("content-type", "application/json"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]


def test_a_match_is_needed_for_an_event() -> None:
    match = Match(function("tasks"), Route("ANY", "/x"), {"id": "1"})
    assert to_event(Call("GET", "/x", (), b"", "::1"), match)["pathParameters"] == {"id": "1"}
