"""Powertools' resolver for HTTP APIs, validating requests and answers, with Powertools' own log,
metrics and traces as its documentation shows them."""

import time
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit

from tests.bench.stacks import work
from tests.bench.stacks.models import (
    AssignmentAnswer,
    AssignmentPage,
    NewAssignment,
    other_body,
    other_result,
)

app = APIGatewayHttpResolver(enable_validation=True)
logger = Logger(service="tasks")
metrics = Metrics(namespace="Campus", service="tasks")
tracer = Tracer(service="tasks")


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in app.current_event.headers.items()}


def _register_read(number: int, result: Any) -> None:
    @app.get(f"/v2/tasks/other{number}/<item_id>")
    def read(item_id: UUID) -> result:
        return result(id=item_id)


def _register_write(number: int, body: Any, result: Any) -> None:
    @app.post(f"/v2/tasks/other{number}")
    def write(body: body) -> result:
        return result(**body.__dict__)


results = [other_result(n) for n in range(work.RESULTS)]
bodies = [other_body(n) for n in range(work.BODIES)]
for n in range(work.READS):
    _register_read(n, results[n % work.RESULTS])
for n in range(work.WRITES):
    _register_write(n, bodies[n % work.BODIES], results[n % work.RESULTS])


@app.get("/v2/tasks/assignments")
def list_assignments(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> AssignmentPage:
    credentials = work.check_token(_headers())
    address = app.current_event.request_context.http.source_ip
    rows = work.page(credentials, address, limit)
    more = len(rows) > limit
    end = work.next_cursor(rows[limit - 1]) if more else None
    return AssignmentPage.model_validate(
        {"data": rows[:limit], "pageInfo": {"hasNextPage": more, "endCursor": end}}
    )


@app.post("/v2/tasks/assignments")
def create_assignment(body: NewAssignment) -> Response[AssignmentAnswer]:
    address = app.current_event.request_context.http.source_ip
    row = work.create(_headers(), address, body.__dict__)
    answer = AssignmentAnswer.model_validate({"data": row})
    return Response(status_code=201, content_type="application/json", body=answer)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    started = time.perf_counter()
    answer = app.resolve(event, context)
    status = answer["statusCode"]
    metrics.add_dimension("status_class", f"{status // 100}xx")
    metrics.add_metric("http_requests_total", MetricUnit.Count, 1)
    seconds = time.perf_counter() - started
    metrics.add_metric("http_request_duration_seconds", MetricUnit.Seconds, seconds)
    logger.info("request", method=app.current_event.http_method, version="v2", status=status)
    return answer
