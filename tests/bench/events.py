"""Requests as the HTTP API sends them: twenty headers, the user's token, nothing else. Imported by
the measured processes, so it needs nothing but the standard library's cheapest."""

import json
from typing import Any

BODY = {
    "title": "Essay on Turing machines",
    "description": "Three pages, with sources.",
    "dueAt": "2027-01-10T10:00:00Z",
    "priority": "high",
    "estimatedMinutes": 120,
    "tags": ["logic", "history"],
    "checklist": [{"text": "Read", "done": True}, {"text": "Write", "done": False}],
    "reminders": [],
}
REMINDED = BODY | {"reminders": [30]}
"""A create that does more than the budget's: a reminder, and the event that tells of it."""
HEADERS = {
    "accept": "application/json",
    "accept-language": "en-GB,en;q=0.9,de;q=0.8",
    "cache-control": "no-cache",
    "content-length": "245",
    "content-type": "application/json",
    "host": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
    "pragma": "no-cache",
    "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24"',
    "sec-ch-ua-mobile": "?1",
    "sec-ch-ua-platform": '"Android"',
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "cross-site",
    "user-agent": "Campus/3.2.1 (Android 16; Pixel 9) okhttp/5.1",
    "x-amzn-trace-id": "Root=1-67400000-0123456789abcdef01234567",
    "x-client-version": "android/3.2.1",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.9",
}


class Context:
    """What Lambda hands to a handler beside the event."""

    function_name = "campus-bench-tasks"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:campus-bench-tasks"
    memory_limit_in_mb = "512"
    aws_request_id = "7d0f3a44-4a2e-4d0b-9c43-0d6f6a3c0001"
    log_group_name = "/aws/lambda/campus-bench-tasks"
    log_stream_name = "bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 29_000


def request(
    user: dict[str, str],
    method: str = "GET",
    path: str = "/v2/tasks/assignments",
    query: str = "limit=20",
    key: str = "",
    body: dict[str, Any] = BODY,
) -> dict[str, Any]:
    """A gateway event of payload format 2.0; `key` is an idempotency key."""
    headers = {**HEADERS, "authorization": f"Bearer {user['token']}"}
    if key:
        headers["idempotency-key"] = key
    return {
        "version": "2.0",
        "routeKey": "ANY /{version}/tasks/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "queryStringParameters": dict(part.split("=") for part in query.split("&") if part),
        "pathParameters": {"version": path[1:3], "proxy": path[10:]},
        "stageVariables": None,
        "body": json.dumps(body) if method == "POST" else None,
        "isBase64Encoded": False,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": HEADERS["host"],
            "domainPrefix": "abcdefghij",
            "routeKey": "ANY /{version}/tasks/{proxy+}",
            "stage": "$default",
            "requestId": "JKJaXmPLvHcESHA=",
            "time": "21/Nov/2026:06:00:00 +0000",
            "timeEpoch": 1795240800000,
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": user["address"],
                "userAgent": HEADERS["user-agent"],
            },
        },
    }
