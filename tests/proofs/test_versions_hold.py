"""Versions hold: v1's requests, answers and errors, against the document it was published with.

Generated from the routes and that document: what is added later is proven without being named.
"""

from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.openapi.samples import dumps, request_sample
from infra.openapi.schemas import Schemas, _closed
from shared.answers import refused, render
from shared.errors import Refusal
from shared.inputs import Inputs, parse, read_inputs
from shared.models import ListQuery, Model, Page, build
from shared.request import Call
from shared.routing import Route
from shared.translation import from_older, to_wire
from shared.versions import changes, versions
from tests.campus import gateway_event
from tests.infra.openapi.documents import documents
from tests.proofs.published import (
    answer_schema,
    bodies,
    body_schema,
    knows,
    parameters,
    promised,
    required,
    validator,
)
from tests.proofs.routes import every_route, path_of, route_id

V1 = versions()["v1"]
# One route of each function: PUT as the predecessor's spelling of PATCH shares its models.
ROUTES = list({route.handler: route for route in reversed(promised())}.values())
TAKING = [route for route in ROUTES if route.body]
GIVING = [route for route in ROUTES if route.result]
CHANGING = [route for route in TAKING if route.method == "PATCH" and route.result]
ASKING = [route for route in ROUTES if route.query]
# What a schema does not say: rules between fields, and forms of text. All else is the step's fault.
RULES = ("value_error", "string_pattern_mismatch", "too_short")
STRANGERS: tuple[Any, ...] = ("a text", 7, 0.5, True, [["x"]], {"a": 1})
few = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def call_of(route: Route, document: Any = None, query: str = "") -> Call:
    raw = None if document is None else orjson.dumps(document)
    path = f"{path_of('v1', route)}?{query}"
    return Call.of(gateway_event(route.method, path, None, None, None, raw, "2001:db8::1"))


def errors_of(route: Route, refusal: Refusal) -> list[dict[str, Any]]:
    """What a v1 client is told about its request."""
    answer = refused(call_of(route), V1, route, refusal)
    assert answer.status == 400
    return orjson.loads(answer.body)["error"]["details"]["errors"]


def body_errors(route: Route, document: Any) -> list[dict[str, Any]]:
    assert route.body
    try:
        parse(route.body[1], V1, orjson.dumps(document))
    except Refusal as refusal:
        return errors_of(route, refusal)
    return []


def sample(route: Route) -> dict[str, Any]:
    """A request with as many fields as fit together."""
    assert route.body
    return request_sample(Schemas(V1, [route.body[1]], []), route.body[1])


@pytest.mark.parametrize("route", TAKING, ids=route_id)
@few
@given(data=st.data())
def test_a_request_as_published_reaches_the_newest_model(route: Route, data: Any):
    schema = body_schema(route)
    document = data.draw(bodies(schema))
    for error in body_errors(route, document):
        assert error.get("code", "value_error") in RULES, (document, error)
        assert knows(schema, error["pointer"]), (document, error)


@pytest.mark.parametrize("route", TAKING, ids=route_id)
def test_no_published_field_of_a_request_is_lost(route: Route):
    assert route.body
    model, whole = route.body[1], sample(route)
    for name, value in whole.items():
        others = [whole, least(body_schema(route), whole), {}]
        assert any(
            from_older(V1, model, {**other, name: value})
            != from_older(V1, model, {n: v for n, v in other.items() if n != name})
            for other in others
        ), name


def least(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A document whose objects have no field but the required ones."""
    found = dict(document)
    for name, inner in schema["properties"].items():
        if isinstance(document.get(name), dict):
            needed = [field for field in document[name] if required(inner, field)]
            found[name] = {field: document[name][field] for field in needed}
    return found


@pytest.mark.parametrize("route", TAKING, ids=route_id)
def test_a_field_of_another_type_is_refused_by_its_published_name(route: Route):
    schema, whole = body_schema(route), sample(route)
    for name, inner in schema["properties"].items():
        for stranger in STRANGERS:
            if not validator(inner).is_valid(stranger):
                errors = body_errors(route, {**whole, name: stranger})
                places = [error["pointer"] for error in errors]
                assert any(f"{place}/".startswith(f"/{name}/") for place in places), (
                    f"{name}={stranger!r}: {errors}"
                )
                assert all(knows(schema, place) for place in places), places


@pytest.mark.parametrize("route", TAKING, ids=route_id)
def test_v1_ignores_what_only_newer_versions_know(route: Route):
    assert route.body
    model, known = route.body[1], body_schema(route)["properties"]
    newer = {name: "newer" for name in model.model_fields if name not in known}
    assert from_older(V1, model, newer) == {}


@pytest.mark.parametrize("route", ASKING, ids=route_id)
def test_v1_ignores_parameters_that_only_newer_versions_know(route: Route):
    assert route.query
    model = route.query[1]
    # What v1 has got since it was published it knows as well.
    known = {*parameters(route), *Schemas(V1, [], []).parameters(model).get("properties", {})}
    newer = {name: "newer" for name in model.model_fields if name not in known}
    newer.pop("cursor", None)  # of the paging, whose style is the version's
    assert from_older(V1, model, newer) == from_older(V1, model, {})


@pytest.mark.parametrize("route", ASKING, ids=route_id)
def test_a_wrong_parameter_is_refused_by_its_published_name(route: Route):
    known = parameters(route)
    for name in known:
        try:
            read_inputs(call_of(route, query=f"{name}=%00"), route, V1, {})
        except Refusal as refusal:
            [error] = errors_of(route, refusal)
            place = error["pointer"].split("/")[1]
            assert place in known, error
            assert place == name or {place, name} == {"page_size", "limit"}, error


@pytest.mark.parametrize("route", GIVING, ids=route_id)
@few
@given(data=st.data())
def test_an_answer_keeps_what_was_published(route: Route, data: Any):
    assert route.result
    document = data.draw(documents(route.result))
    result: Any = build(route.result, document)
    if route.result_is_page:
        result = Page(route.result, [document], limit=1, offset=1, total=3)
    inputs = Inputs({route.query[0]: ListQuery()} if route.query else {})
    answer = render(call_of(route), route, V1, inputs, result)
    faults = list(validator(answer_schema(route)).iter_errors(orjson.loads(answer.body)))
    assert faults == [], document


@pytest.mark.parametrize("route", CHANGING, ids=route_id)
@few
@given(data=st.data())
def test_what_v1_reads_it_can_write_back_without_loss(route: Route, data: Any):
    assert route.result
    assert route.body
    newest = settled(data.draw(documents(route.result)))
    read = wire(route.result, newest)
    known = body_schema(route)["properties"]
    sent = {name: value for name, value in read.items() if name in known}
    for error in body_errors(route, sent):  # forms of text that the document made up
        sent.pop(error["pointer"].split("/")[1], None)
    changes = parse(route.body[1], V1, orjson.dumps(sent)).model_dump(exclude_unset=True)
    again = wire(route.result, settled(merged(newest, changes)))
    assert {name: again[name] for name in sent} == sent


def wire(model: type[Model], document: dict[str, Any]) -> dict[str, Any]:
    """A stored thing as v1 reads it."""
    return orjson.loads(dumps(to_wire(V1, model, build(model, document).__dict__)))


def merged(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A merge patch (RFC 7396) applied."""
    return {
        **document,
        **{
            name: {**document[name], **value} if isinstance(value, dict) else value
            for name, value in changes.items()
        },
    }


def settled(document: dict[str, Any]) -> dict[str, Any]:
    """What the database computes from other fields, and its form of text."""
    found = {
        name: normalize("NFC", value) if isinstance(value, str) else value
        for name, value in document.items()
    }
    if "start_local" in found:
        zone = ZoneInfo(found["timezone"])
        found["starts_at"] = found["start_local"].replace(tzinfo=zone).astimezone(UTC)
    if "read" in found:
        found["read_at"] = datetime(2026, 12, 1, tzinfo=UTC) if found.pop("read") else None
    return found


def test_every_step_says_what_changed_of_which_models():
    for change in changes():
        assert change.models, f"{change.__name__} changes no model"
        assert change.edits, f"{change.__name__} changes nothing"
        assert len((change.__doc__ or "").split()) > 5, change.__name__


def test_no_step_changes_what_a_route_without_a_version_takes_or_gives():
    models = {
        model
        for _, version, route in every_route()
        if not version
        for model in (route.body and route.body[1], route.query and route.query[1], route.result)
        if model
    }
    stepped = {model for change in changes() for model in change.models}
    assert stepped.isdisjoint(_closed(models))
