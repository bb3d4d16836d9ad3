"""FastAPI behind Mangum."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query, Request
from mangum import Mangum

from tests.bench.stacks import work
from tests.bench.stacks.models import (
    AssignmentAnswer,
    AssignmentPage,
    NewAssignment,
    other_body,
    other_result,
)

app = FastAPI()


def _register_read(number: int, result: Any) -> None:
    @app.get(f"/v2/tasks/other{number}/{{item_id}}", response_model=result)
    def read(item_id: UUID):
        return result(id=item_id)


def _register_write(number: int, body: Any, result: Any) -> None:
    @app.post(f"/v2/tasks/other{number}", response_model=result)
    def write(body: body):
        return result(**body.__dict__)


results = [other_result(n) for n in range(work.RESULTS)]
bodies = [other_body(n) for n in range(work.BODIES)]
for n in range(work.READS):
    _register_read(n, results[n % work.RESULTS])
for n in range(work.WRITES):
    _register_write(n, bodies[n % work.BODIES], results[n % work.RESULTS])


@app.get("/v2/tasks/assignments", response_model=AssignmentPage)
def list_assignments(request: Request, limit: Annotated[int, Query(ge=1, le=100)] = 20):
    credentials = work.check_token(dict(request.headers))
    address = request.client.host if request.client else ""
    rows = work.page(credentials, address, limit)
    more = len(rows) > limit
    end = work.next_cursor(rows[limit - 1]) if more else None
    return {"data": rows[:limit], "pageInfo": {"hasNextPage": more, "endCursor": end}}


@app.post("/v2/tasks/assignments", status_code=201, response_model=AssignmentAnswer)
def create_assignment(request: Request, body: NewAssignment):
    address = request.client.host if request.client else ""
    row = work.create(dict(request.headers), address, body.__dict__)
    return {"data": row}


handle = work.logged(Mangum(app, lifespan="off"), "fastapi", work.sdk_span)
