"""What every stack but this project's does: the same token check, the same log line, the same
database work, written by hand.

A list counts against the limits, admits the caller and reads one page, in two round trips. A create
of the frameworks counts, admits, claims the idempotency key, inserts, tells the event and keeps the
answer, in three: this project's statements. The floor's create admits the caller and inserts a row,
and nothing else.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.conninfo import make_conninfo

from shared import identity
from shared.identity import Credentials, read_credentials
from shared.ids import uuid7
from shared.observe import canonical_line, cold_start
from shared.tracing import span, trace_id

READS, WRITES = 27, 39
"""Routes beside the two measured ones, as many as `tasks` had when this was written."""
BODIES, RESULTS = 18, 25
"""Shapes that these take and answer, likewise."""
MINUTE_LIMIT = 1000
COLUMNS = """id, course_id, parent_id, title, description, due_at, due_on, timezone, start_on,
       status, priority, estimated_minutes, percent_done, points, score, weight, submission_method,
       submission_url, tags, checklist, recurrence, exdates, rdates, reminders, source,
       completed_at,
       coalesce(completed_at > due_at, false) as late,
       completed_at is null and due_at < now() and recurrence is null as missing,
       version, created_at, updated_at, deleted_at, null::timestamptz as purge_at,
       false as locked"""
COUNT = "select key, used, violations from count_requests(%(keys)s, %(costs)s)"
ADMIT = "select * from admit(%(issuer)s, %(subject)s, null)"
LOCK = """select pg_advisory_xact_lock(
    hashtextextended('tasks' || current_setting('app.user_id', true), 0))"""
STORED = "select * from stored_answer(%(key)s)"
KEEP = """insert into idempotency_key
       (user_id, key, request_hash, status, headers, body, expires_at)
values (%(user)s, %(key)s, %(hash)s, 201, '{}', %(body)s, now() + interval '24 hours')"""
LIST = f"""select {COLUMNS} from assignment where user_id = %(user)s and deleted_at is null
 order by due_at, id limit %(limit)s"""
CREATE = f"""insert into assignment (id, user_id, course_id, parent_id, title, description, due_at,
       due_on, timezone, start_on, status, priority, estimated_minutes, percent_done, points, score,
       weight, submission_method, submission_url, tags, checklist, reminders)
values (%(id)s, %(user)s, %(course_id)s, %(parent_id)s, %(title)s, %(description)s, %(due_at)s,
       %(due_on)s, %(timezone)s, %(start_on)s, %(status)s, %(priority)s, %(estimated_minutes)s,
       %(percent_done)s, %(points)s, %(score)s, %(weight)s, %(submission_method)s,
       %(submission_url)s, %(tags)s, %(checklist)s::jsonb, %(reminders)s::integer[])
returning {COLUMNS}"""

Row = dict[str, Any]


class Refused(Exception):  # noqa: N818 (an answer, not a fault)
    """The request is answered with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _connect() -> psycopg.Connection[Any]:
    secrets = json.loads(Path(os.environ["CAMPUS_SECRETS_FILE"]).read_text())
    password = secrets["database-password-app"]
    conninfo = make_conninfo(os.environ["DATABASE_URL"], user="campus_app", password=password)
    return psycopg.connect(conninfo, autocommit=True)


connection = _connect()
_cursor_key = json.loads(Path(os.environ["CAMPUS_SECRETS_FILE"]).read_text())["cursor-key"].encode()
if hasattr(identity, "prepare"):
    identity.prepare()


def check_token(headers: dict[str, str]) -> Credentials:
    """The caller's verified credentials."""
    credentials = read_credentials(headers)
    if credentials is None:
        raise Refused(401)
    return credentials


def page(credentials: Credentials, address: str, limit: int) -> list[Row]:
    """Count, admit, and one row more than the page holds."""
    keys = [
        f"all:{credentials.limit_key}",
        f"address:{hashlib.sha256(address.encode()).hexdigest()[:32]}",
    ]
    with connection.pipeline():
        connection.execute("begin")
        counted = connection.execute(COUNT, {"keys": keys, "costs": [1, 1]})
        admitted = connection.execute(
            ADMIT, {"issuer": credentials.issuer, "subject": credentials.subject}
        )
    if any(used > 3 * MINUTE_LIMIT for _, used, _ in counted.fetchall()):
        connection.rollback()
        raise Refused(429)
    user = _admitted(admitted)
    with connection.pipeline():
        found = connection.execute(LIST, {"user": user, "limit": limit + 1})
        connection.execute("commit")
    return _rows(found)


def insert(credentials: Credentials, values: Row) -> Row:
    """Admit and insert."""
    with connection.pipeline():
        connection.execute("begin")
        admitted = connection.execute(
            ADMIT, {"issuer": credentials.issuer, "subject": credentials.subject}
        )
    user = _admitted(admitted)
    checklist = orjson.dumps(values["checklist"]).decode()
    given = {**values, "id": uuid7(), "user": user, "checklist": checklist}
    with connection.pipeline():
        made = connection.execute(CREATE, given)
        connection.execute("commit")
    return _rows(made)[0]


def create(headers: dict[str, str], address: str, values: Row) -> Row:
    """All that this project's create does, in three round trips."""
    from functions.tasks.assignments import sql
    from shared.outbox import sql as outbox
    from tests.bench.stacks.models import Assignment

    credentials = check_token(headers)
    key = headers["idempotency-key"]
    digest = hashlib.sha256(orjson.dumps([key, values])).digest()
    keys = [
        f"all:{credentials.limit_key}",
        f"address:{hashlib.sha256(address.encode()).hexdigest()[:32]}",
        f"creates:{credentials.limit_key}",
    ]
    with connection.pipeline():
        connection.execute("begin")
        counted = connection.execute(COUNT, {"keys": keys, "costs": [1, 1, 1]})
        connection.execute("commit")
        connection.execute("begin")
        admitted = connection.execute(
            ADMIT, {"issuer": credentials.issuer, "subject": credentials.subject}
        )
        connection.execute(LOCK)
        stored = connection.execute(STORED, {"key": key})
    if any(used > 3 * MINUTE_LIMIT for _, used, _ in counted.fetchall()):
        connection.rollback()
        raise Refused(429)
    user = _admitted(admitted)
    if stored.fetchall():
        connection.rollback()
        raise Refused(409)
    checklist = orjson.dumps(values["checklist"]).decode()
    series = {"recurrence": None, "exdates": [], "rdates": []}
    given = {
        **values,
        **series,
        "id": uuid7(),
        "user_id": user,
        "limit": 70,
        "checklist": checklist,
    }
    with connection.pipeline():
        made = connection.execute(sql.create_assignment.text, given)
    found = _rows(made)[0]
    if not (found["within_limit"] and found["course_open"] and found["parent_open"]):
        connection.rollback()
        raise Refused(403)
    row = {name: found[name] for name in Assignment.model_fields}
    answer = orjson.dumps({"data": row}, option=orjson.OPT_UTC_Z)
    told = {"assignmentId": row["id"], "courseId": None, "dueAt": row["due_at"]}
    facts = [_event("assignment.created", user, row["id"], told)]
    events = orjson.dumps(facts, option=orjson.OPT_UTC_Z).decode()
    with connection.pipeline():
        connection.execute(outbox.add_events.text, {"events": events})
        connection.execute(KEEP, {"body": answer, "key": key, "hash": digest, "user": user})
        connection.execute("commit")
    return row


def _event(type_: str, user: Any, entity: Any, data: Row) -> Row:
    return {
        "id": uuid7(),
        "occurred_at": datetime.now(UTC),
        "type": type_,
        "version": 1,
        "source": "campus.tasks",
        "actor_type": "user",
        "actor_id": str(user),
        "user_id": user,
        "entity_type": type_.partition(".")[0],
        "entity_id": str(entity),
        "entity_version": 1,
        "audience": "user",
        "correlation_id": f"req_{uuid7().hex}",
        "trace_id": trace_id(),
        "api_version": "v2",
        "data": data,
    }


def _admitted(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    if row is None or row[2] != "active":
        connection.rollback()
        raise Refused(401 if row is None else 403)
    return row[0]


def _rows(cursor: psycopg.Cursor[Any]) -> list[Row]:
    assert cursor.pgresult
    names = [(cursor.pgresult.fname(n) or b"").decode() for n in range(cursor.pgresult.nfields)]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def next_cursor(row: Row) -> str:
    """Where the next page starts, signed."""
    position = orjson.dumps([int(time.time()) + 86400, [row["due_at"], row["id"]]])
    tag = hmac.digest(_cursor_key, position, hashlib.sha256)[:16]
    return base64.urlsafe_b64encode(tag + position).decode()


def sdk_span(name: str) -> Any:
    """A subsegment by AWS's X-Ray SDK, as who does not write one would have it."""
    if os.environ.get("CAMPUS_TRACING") != "on":
        return contextlib.nullcontext()
    from aws_xray_sdk.core import xray_recorder

    return xray_recorder.in_subsegment(name)


def logged(handle: Any, service: str, span: Any = span) -> Any:
    """The handler with the one line (log record and metrics) and the trace segment."""

    def handle_and_log(event: Any, context: Any) -> Any:
        started = time.perf_counter()
        with span(service):
            answer = handle(event, context)
        fields = {
            "request_id": f"req_{uuid7().hex}",
            "gateway_request_id": event["requestContext"]["requestId"],
            "function_request_id": context.aws_request_id,
            "xray_trace_id": trace_id(),
            "route": service,
            "version": "v2",
            "status": answer["statusCode"],
            "status_class": f"{answer['statusCode'] // 100}xx",
            "cold_start": cold_start(),
            "received_at": datetime.now(UTC),
        }
        metrics = {
            "http_requests_total": (1.0, "Count"),
            "http_request_duration_seconds": (time.perf_counter() - started, "Seconds"),
        }
        canonical_line(service, "request", fields, metrics)
        return answer

    return handle_and_log
