# ruff: noqa: E501 (a corpus reads as a table)
"""The hostile corpus: what a client may send that no server should fall over."""

import json

_DEEP = (31, 200, 1_000, 100_000)

BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "array": b"[]",
    "string": b'"text"',
    "number": b"1",
    "truncated": b'{"title": "x',
    "byte order mark": b'\xef\xbb\xbf{"title": "x"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "invalid UTF-8": b'{"title": "\xff\xfe"}',
    "NaN": b'{"points": NaN, "estimatedMinutes": NaN, "limit": NaN}',
    "Infinity": b'{"points": Infinity}',
    "overflowing float": b'{"points": 1e400}',
    "4300 digits": b'{"estimatedMinutes": ' + b"9" * 4300 + b"}",
    "4301 digits": b'{"estimatedMinutes": ' + b"9" * 4301 + b"}",
    "megabyte number": b'{"points": ' + b"9" * 1_000_000 + b"}",
    "duplicate keys": b'{"title": "a", "title": {"b": 1}}',
    "lone surrogate value": b'{"title": "\\ud800"}',
    "lone surrogate key": b'{"\\udfff": 1}',
    "NUL": b'{"title": "a\\u0000b", "reason": "a\\u0000b", "email": "a\\u0000@b.c"}',
    "prototype": b'{"__proto__": {"admin": true}, "constructor": 1}',
    "mass assignment": b'{"userId": "00000000-0000-0000-0000-000000000000", "role": "admin", '
    b'"id": "00000000-0000-0000-0000-000000000000", "createdAt": "2020-01-01T00:00:00Z"}',
    "too large": b'{"title": "' + b"x" * 1_100_000 + b'"}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    **{f"nested {depth}": b'{"title": ' + b"[" * depth + b"]" * depth + b"}" for depth in _DEEP},
    **{f"objects {depth}": b'{"a":' * depth + b"1" + b"}" * depth for depth in _DEEP},
}

VALUES: list[object] = [
    None, True, False, 0, -1, 2**31, 2**53 + 1, 2**63, 1.0, 1.5, -0.0, "", " ", " 10 ", "1_0",
    "yes",     "true", "\x00", "\u202e\u200b", "e\u0301", "x" * 18_000, "%", "_", "' or 1=1 --", "a & | ! b:*",
    "urn:uuid:00000000-0000-7000-8000-000000000000", "{00000000-0000-7000-8000-000000000000}",
    "00000000-0000-7000-8000-000000000000", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z", "infinity", "now", "2026-02-30",
    "2026-01-01T24:00:00Z", "2026-06-30T23:59:60Z", "2026-01-01T00:00:00+25:00",
    "2026-03-29T02:30:00", "2026-01-01", "1700000000", 1_700_000_000_000, "Mars/Olympus",
    "1970-01-01T00:00:00Z", "2199-12-31T23:59:59Z", [], [[]], {}, {"a": None}, ["x"] * 101, [None],
    "../../etc/passwd", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\r\nb: c",
]  # fmt: skip

QUERIES: list[str] = [
    "limit=-1", "limit=0", "limit=101", "limit=9223372036854775808", "limit=1_0", "limit=%2010",
    "limit=1.0", "limit=", "limit=5&limit=6", "cursor=x", "cursor=AAAA", "cursor=%00",
    "cursor=" + "A" * 3000, "sort=--id", "sort=password", "sort=id;drop table x", "sort=",
    "fields=",     "fields=nope", "fields=id,id", "q=", "q=%00", "q=%ff", "q=a%20%26%20%7C%20!%20(", "q=%25_",
    "status=nope", "courseId=x", "courseId=,", "dueAfter=infinity",
    "dueBefore=0001-01-01T00:00:00%2B14:00",
    "page=0", "page=-1", "page=999999999", "page_size=0", "page_size=101", "offset=-1",
    "offset=99999999999", "unknown=1", "__proto__=1", "%00=1", "%ff=%ff", "&&&", "=", "a" * 5000,
    "dryRun=yes", "dryRun=1",
]  # fmt: skip

PATHS: list[str] = [
    "/", "//", "/v2", "/v2/", "/v1/", "/v3/tasks", "/v0/x", "/v99999999999999999999/x",
    "/v2//tasks",     "/v2/tasks/assignments/", "/v2/tasks/assignments/%00", "/v2/tasks/assignments/%2e%2e",
    "/v2/tasks/assignments/..%2f..", "/v2/tasks/assignments/%ff", "/v2/tasks/assignments/%",
    "/v2/tasks/assignments%0a", "/v2/tasks/assignments/x%0a", "/V2/tasks/assignments",
    "/v2/TASKS/assignments", "/v2/tasks/assignments;a=b", "/v2/tasks/assignments/" + "a" * 8000,
    "/%76%32/tasks/assignments", "/functions/v1/nope", "/tasks/assignments", "/webhooks/nope",
    "/webhooks/", "/\u202e", "/v2/" + "/".join("a" * 1000),
]  # fmt: skip

METHODS = ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "", "X" * 1000]

HEADERS: list[dict[str, str]] = [
    {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 256}, {"Idempotency-Key": "a\nb"},
    {"Idempotency-Key": "ключ"}, {"If-Match": "x"}, {"If-Match": '"v2-99999999999"'},
    {"If-Match": 'W/"v2-1"'}, {"If-Match": '"v1-1","v2-1"'}, {"If-None-Match": "*"},
    {"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": ""}, {"Accept": "application/problem+json"}, {"Accept-Encoding": "gzip;q=0"},
    {"X-Client-Version": "ios/" + "9" * 100}, {"X-API-Key": "campus_x"}, {"Authorization": ""},
    {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}, {"X-Big": "x" * 10_000},
    {"Accept": "\x00"}, {"Origin": "null"}, {"Origin": "https://evil.example"},
]  # fmt: skip


def strict(text: str) -> object:
    """Parse as RFC 8259 says: no NaN, no Infinity."""

    def refuse(name: str) -> object:
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)
