"""The check of every response: what it lets pass, and what it does not."""

import json
from typing import Any

import pytest

from functions.tasks.models import Assignment
from infra.openapi.errors import error_example
from infra.openapi.samples import answer_sample
from shared.versions import LATEST, versions
from tests.campus import Answer
from tests.openapi import ContractViolationError, check_response

PATH = "/v2/tasks/assignments/01936f5e-7c00-7000-8000-000000000001"
GOOD = {"data": answer_sample(LATEST, Assignment)}
JSON = {"Content-Type": "application/json"}


def answer(body: Any, status: int = 200, kind: str = "application/json") -> Answer:
    return Answer(status, {"Content-Type": kind}, json.dumps(body) if body is not None else "")


def error(code: str, status: int, version: str = "v2") -> Answer:
    return answer(error_example(code, versions()[version]), status)


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", PATH, answer(GOOD)),
        ("GET", f"{PATH}?fields=title", answer({"data": {"id": GOOD["data"]["id"]}})),
        ("GET", PATH, Answer(304, {}, "")),
        ("HEAD", PATH, Answer(200, JSON, "")),
        ("GET", PATH, error("NOT_FOUND", 404)),
        ("DELETE", PATH, Answer(204, {}, "")),
        ("GET", "/v1/nothing", error("NOT_FOUND", 404, "v1")),
        ("TRACE", PATH, error("METHOD_NOT_ALLOWED", 405)),
        ("GET", "/docs", Answer(200, {"Content-Type": "text/html"}, "<p>")),
    ],
)
def test_what_is_documented_passes(method: str, path: str, given: Answer):
    check_response(method, path, given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(GOOD, 201), "answered 201, documented are"),
        (answer({"data": {**GOOD["data"], "secret": 1}}), "secret"),
        (answer({"data": {**GOOD["data"], "status": "lost"}}), r"\$\.data\.status"),
        (answer({"data": {k: v for k, v in GOOD["data"].items() if k != "title"}}), "title"),
        (answer({**GOOD, "meta": {}}), "meta"),
        (answer(GOOD, kind="text/plain"), "200 is text/plain"),
        (Answer(200, JSON, "{nonsense"), "not JSON"),
        (Answer(304, {}, "{}"), "304 has a body"),
        (error("COURSE_LIMIT_EXCEEDED", 403), "COURSE_LIMIT_EXCEEDED, which is not documented"),
        (error("CONFLICT", 409), "answered 409"),
        (error("NOT_FOUND", 404, "v1"), "meta"),
        (answer({"message": "Not Found"}, 404), "'success' is a required"),
    ],
)
def test_what_is_not_documented_is_told(given: Answer, told: str):
    with pytest.raises(ContractViolationError, match=told):
        check_response("GET", PATH, given)


def test_an_unknown_path_has_to_answer_in_its_envelope():
    with pytest.raises(ContractViolationError, match="GET /v1/nothing"):
        check_response("GET", "/v1/nothing", error("NOT_FOUND", 404, "v2"))
