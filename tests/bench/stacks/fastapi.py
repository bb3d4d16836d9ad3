"""FastAPI behind Mangum."""

from typing import Annotated

from fastapi import FastAPI, Query, Request
from mangum import Mangum

from tests.bench.stacks import work
from tests.bench.stacks.models import AssignmentAnswer, AssignmentPage, NewAssignment

app = FastAPI()


def _register_other(number: int) -> None:
    @app.get(f"/v2/tasks/other{number}/{{item_id}}")
    def other(item_id: str) -> dict[str, str]:
        return {"id": item_id}


for n in range(work.OTHER_ROUTES):
    _register_other(n)


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
    row = work.insert(work.check_token(dict(request.headers)), body.__dict__)
    return {"data": row}


handle = work.logged(Mangum(app, lifespan="off"), "fastapi")
