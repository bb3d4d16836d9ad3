"""Every operation of both OpenAPI documents, with requests that schemathesis derives from them.

Run by `make fuzz`. Requests go to the real handlers. Each answer must be one that the document
tells of (`check_response`), in the envelope and strict JSON, and never a fault of ours.
"""

import os
import re
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from shared import aws, limits
from tests.campus import Answer, Campus, User, context, decoded, gateway_event
from tests.openapi import check_response, document
from tests.proofs.hostile import strict
from tests.proofs.test_secrecy import TalkativePool
from tests.proofs.victim import Victim

EXAMPLES = int(os.environ.get("CAMPUS_FUZZ_EXAMPLES", "40"))
SEED = os.environ.get("CAMPUS_SEED", "campus")
OF_ANOTHER_SYSTEM = ("EXTERNAL_SERVICE_ERROR", "SERVICE_UNAVAILABLE")
UNLIMITED = ("ANONYMOUS", "REFUSED_CREDENTIALS", "AUTH_PER_ADDRESS", "AUTH_PER_ACCOUNT",
             "PER_ADDRESS")  # fmt: skip
OPERATIONS = [
    pytest.param(found.ok(), id=f"{version} {found.ok().label}")
    for version in ("v1", "v2")
    for found in schemathesis.openapi.from_dict(document(version)).get_all_operations()
]


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    for name in UNLIMITED:
        monkeypatch.setattr(limits, name, 10**9)
    monkeypatch.setitem(aws._clients, "cognito-idp", TalkativePool())


@pytest.fixture(scope="module")
def records(campus: Campus) -> Victim:
    """Records of one tenant, who is the caller: a path leads to something when it can."""
    made = Victim(campus)
    campus.admin.execute("update app_user set role = 'admin' where id = %s", (made.user.id,))
    return made


def own(records: Victim, operation: Any) -> dict[str, str]:
    """Ids of the caller's own for what the path names."""
    names = [
        parameter.name
        for parameter in operation.path_parameters
        if parameter.definition["schema"].get("format") == "uuid"
    ]
    parameters = {name: re.sub(r"([A-Z])", r"_\1", name).lower() for name in names}
    return {name: records.ids_of(parameter)[0] for name, parameter in parameters.items()}


def prepared(case: Case) -> requests.PreparedRequest:
    """The request as a client would send it; what no client can send is passed over."""
    try:
        return requests.Request(**case.as_transport_kwargs(base_url="http://local")).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return reject()


def send(campus: Campus, user: User, request: requests.PreparedRequest) -> Answer:
    """To the function that the gateway would choose, with the gateway's decoding."""
    parts = urlsplit(str(request.url))
    body = request.body.encode() if isinstance(request.body, str) else request.body
    method, path = str(request.method), unquote(parts.path)
    headers = {str(name): str(value) for name, value in request.headers.items()} | user.headers
    headers.pop("X-API-Key", None)
    event = gateway_event(method, "/", None, None, headers, body, campus.address)
    event |= {"rawPath": path, "rawQueryString": parts.query}
    answer = decoded(campus.handlers[campus._owner(method, path)](event, context()))
    check_response(method, f"{parts.path}?{parts.query}", answer)
    return answer


def check(answer: Answer, case: Case) -> None:
    where = f"{case.as_curl_command()}\n{answer.status} {answer.text[:300]}"
    assert answer.status < 500 or answer.error in OF_ANOTHER_SYSTEM, where
    assert "Set-Cookie" not in answer.headers, where
    if answer.headers.get("Content-Type", "").startswith("application/json") and answer.text:
        found: Any = strict(answer.text)
        assert answer.status < 400 or found["error"]["code"], where


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_gets_an_answer_that_the_document_does_not_tell_of(
    campus: Campus,
    records: Victim,
    operation: Any,
    mode: GenerationMode,
    record_property: Callable[[str, object], None],
):
    ids = own(records, operation)
    strategies = [operation.as_strategy(mode)]
    if ids:
        strategies.append(operation.as_strategy(mode, path_parameters=ids))
    sent = 0

    @seed(zlib.crc32(f"{SEED} {operation.label} {mode.value}".encode()))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(case=st.one_of(strategies))
    def attack(case: Case) -> None:
        nonlocal sent
        check(send(campus, records.user, prepared(case)), case)
        sent += 1

    try:
        attack()
    except Unsatisfiable:
        # Nothing can be got wrong where there is nothing to say but a name, or bytes of any kind.
        assert mode is GenerationMode.NEGATIVE
        assert not list(operation.query)
        assert {body.media_type for body in operation.body} <= {"*/*"}
    record_property("generated requests", sent)
    record_property("operations", 1)
