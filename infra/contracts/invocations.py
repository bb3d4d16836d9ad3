"""What each function is invoked with: for `sam local invoke`, `make invoke` and the tests."""

import hashlib
import inspect
from collections.abc import Iterator
from typing import Any

import orjson

from infra.contracts.contracts import EVENT_ID, REQUEST_ID, TIME, contracts, sample
from infra.openapi.examples import example
from infra.openapi.parameters import spelled_path
from infra.openapi.routes import handlers
from shared.routing import Route, variable
from shared.versions import LATEST

Json = dict[str, Any]
ACCOUNT = "123456789012"
REGION = "eu-central-1"
TOKEN = "Bearer TOKEN"  # noqa: S105 (a place for one: make up prints a token to put here)


def bus_event(detail: Json) -> Json:
    """The EventBridge event around an envelope."""
    return {
        "version": "0",
        "id": str(EVENT_ID),
        "detail-type": detail["type"],
        "source": detail["source"],
        "account": ACCOUNT,
        "time": detail["occurredAt"],
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def invocations() -> dict[str, Json]:
    """Path below `samples` to the event: `<function>/<kind>-<name>.json`."""
    found: dict[str, Json] = {}
    for name, handle in handlers().items():
        for file, event in _of_function(name, handle):
            found[f"{name}/{file}.json"] = event
    return found


def _of_function(name: str, handle: Any) -> Iterator[tuple[str, Json]]:
    route = simplest(handle.api.table.routes)
    if route:
        yield f"http-{route.name.replace('_', '-')}", http_event(route)
    subscribers = handle.queue.subscribers
    for kind in subscribers.types():
        yield f"event-{kind}", queue_event(name, sample(contracts()[kind]))
    for schedule in subscribers.schedules():
        yield f"schedule-{schedule.replace('_', '-')}", {"schedule": schedule}
    if inspect.getclosurevars(handle).nonlocals.get("trigger"):
        yield "trigger-post-confirmation", _trigger()


def simplest(routes: list[Route]) -> Route | None:
    """A GET without variables, rather a public one; else whatever comes first."""

    def effort(route: Route) -> tuple[bool, bool, bool]:
        return route.method != "GET", bool(route.parameters), route.access != "public"

    return min(routes, key=effort, default=None)


def http_event(route: Route) -> Json:
    """A request as an HTTP API passes it on, payload format 2.0."""
    path = spelled_path(route, LATEST)
    for part in path.split("/"):
        if part.startswith("{"):
            name, ending = variable(part)
            sample = str(example({"type": "string"}, lambda s: s, name))
            path = path.replace(part, sample + ending)
    headers = {"accept": "application/json", "user-agent": "sample"}
    if route.access == "user":
        headers["authorization"] = TOKEN
    if route.body or route.raw_body:
        headers["content-type"] = "application/json"
    http = {
        "method": route.method,
        "path": path,
        "protocol": "HTTP/1.1",
        "sourceIp": "203.0.113.7",
        "userAgent": "sample",
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "sample",
            "domainName": f"sample.execute-api.{REGION}.amazonaws.com",
            "domainPrefix": "sample",
            "routeKey": "$default",
            "stage": "$default",
            "requestId": "sample",
            "time": TIME.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(TIME.timestamp() * 1000),
            "http": http,
        },
        **({"body": "{}"} if route.body or route.raw_body else {}),
        "isBase64Encoded": False,
    }


def queue_event(function: str, detail: Json) -> Json:
    """A batch of one message: what EventBridge put into the function's queue."""
    sent = str(int(TIME.timestamp() * 1000))
    body = orjson.dumps(bus_event(detail))
    record = {
        "messageId": str(EVENT_ID),
        "receiptHandle": "sample",
        "body": body.decode(),
        "md5OfBody": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": sent,
            "SenderId": ACCOUNT,
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:campus-local-{function}",
        "awsRegion": REGION,
    }
    return {"Records": [record]}


def _trigger() -> Json:
    """What the user pool sends when somebody has confirmed their address."""
    subject = "01936f5e-7c00-7000-8000-0000000000b1"
    return {
        "version": "1",
        "region": REGION,
        "userPoolId": f"{REGION}_sample",
        "userName": subject,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown", "clientId": "sample"},
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": {
            "userAttributes": {
                "sub": subject,
                "email": "ada@example.com",
                "email_verified": "true",
                "given_name": "Ada",
                "family_name": "Lovelace",
            },
            "clientMetadata": {"requestId": REQUEST_ID},
        },
        "response": {},
    }
