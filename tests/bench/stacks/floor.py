"""The floor: dict dispatch, psycopg and orjson, written by hand for two routes."""

from typing import Any
from urllib.parse import parse_qsl

import orjson

from tests.bench.stacks import work
from tests.bench.stacks.models import NewAssignment, other_body

BODIES = [other_body(n) for n in range(work.BODIES)]


def _list(event: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
    credentials = work.check_token(headers)
    limit = int(dict(parse_qsl(event["rawQueryString"])).get("limit", "20"))
    if not 1 <= limit <= 100:
        raise work.Refused(422)
    rows = work.page(credentials, event["requestContext"]["http"]["sourceIp"], limit)
    more = len(rows) > limit
    end = work.next_cursor(rows[limit - 1]) if more else None
    documents = [{_camel[name]: value for name, value in row.items()} for row in rows[:limit]]
    return 200, {"data": documents, "pageInfo": {"hasNextPage": more, "endCursor": end}}


def _create(event: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
    credentials = work.check_token(headers)
    values = NewAssignment.model_validate_json(event["body"]).__dict__
    row = work.insert(credentials, values)
    return 201, {"data": {_camel[name]: value for name, value in row.items()}}


class _Camel(dict[str, str]):
    def __missing__(self, name: str) -> str:
        head, *rest = name.split("_")
        self[name] = head + "".join(part.title() for part in rest)
        return self[name]


_camel = _Camel()
_ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/v2/tasks/assignments"): _list,
    ("POST", "/v2/tasks/assignments"): _create,
    **{("GET", f"/v2/tasks/other{n}"): _list for n in range(work.READS)},
    **{("POST", f"/v2/tasks/other{n}"): _create for n in range(work.WRITES)},
}


def _handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in event["headers"].items()}
    http = event["requestContext"]["http"]
    try:
        status, document = _ROUTES[http["method"], event["rawPath"]](event, headers)
    except work.Refused as refused:
        status, document = refused.status, {"error": {"code": "REFUSED"}}
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": orjson.dumps(document, option=orjson.OPT_UTC_Z).decode(),
        "isBase64Encoded": False,
    }


handle = work.logged(_handle, "floor")
