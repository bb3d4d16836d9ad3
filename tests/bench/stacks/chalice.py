"""Chalice, which takes the older gateway's events (payload format 1.0)."""

from typing import Any

from chalice import Chalice, Response

from tests.bench.stacks import work
from tests.bench.stacks.floor import _camel
from tests.bench.stacks.models import NewAssignment, other_body

app = Chalice(app_name="bench")


def _register_read(number: int) -> None:
    @app.route(f"/v2/tasks/other{number}/{{item_id}}", methods=["GET"], name=f"read{number}")
    def read(item_id: str) -> dict[str, str]:
        return {"id": item_id}


def _register_write(number: int, body: Any) -> None:
    @app.route(f"/v2/tasks/other{number}", methods=["POST"], name=f"write{number}")
    def write() -> Any:
        request = app.current_request
        assert request
        return body.model_validate_json(request.raw_body).model_dump(mode="json")


bodies = [other_body(n) for n in range(work.BODIES)]
for n in range(work.READS):
    _register_read(n)
for n in range(work.WRITES):
    _register_write(n, bodies[n % work.BODIES])


def _text(row: dict[str, Any]) -> dict[str, Any]:
    """Chalice serializes with json, which knows neither UUIDs nor times."""
    plain = (str, int, float, bool, list, type(None))
    return {
        _camel[name]: value if isinstance(value, plain) else str(value)
        for name, value in row.items()
    }


@app.route("/v2/tasks/assignments", methods=["GET"])
def list_assignments() -> Any:
    request = app.current_request
    assert request
    credentials = work.check_token(dict(request.headers))
    limit = int((request.query_params or {}).get("limit", "20"))
    if not 1 <= limit <= 100:
        raise work.Refused(422)
    rows = work.page(credentials, request.context["identity"]["sourceIp"], limit)
    more = len(rows) > limit
    end = work.next_cursor(rows[limit - 1]) if more else None
    info = {"hasNextPage": more, "endCursor": end}
    return {"data": [_text(row) for row in rows[:limit]], "pageInfo": info}


@app.route("/v2/tasks/assignments", methods=["POST"])
def create_assignment() -> Any:
    request = app.current_request
    assert request
    values = NewAssignment.model_validate_json(request.raw_body).__dict__
    address = request.context["identity"]["sourceIp"]
    row = work.create(dict(request.headers), address, values)
    return Response(body={"data": _text(row)}, status_code=201)


def shape(event: dict[str, Any]) -> dict[str, Any]:
    """The same request in payload format 1.0."""
    http = event["requestContext"]["http"]
    query = dict(part.split("=") for part in event["rawQueryString"].split("&") if part)
    return {
        "path": event["rawPath"],
        "httpMethod": http["method"],
        "headers": event["headers"],
        "multiValueHeaders": {name: [value] for name, value in event["headers"].items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "body": event["body"],
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": event["rawPath"],
            "httpMethod": http["method"],
            "path": event["rawPath"],
            "requestId": event["requestContext"]["requestId"],
            "identity": {"sourceIp": http["sourceIp"]},
        },
    }


handle = work.logged(app, "chalice", work.sdk_span)
