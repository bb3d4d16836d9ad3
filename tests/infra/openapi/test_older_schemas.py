"""Schemas of an older version, held to what its clients really get and really send."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from infra.openapi.routes import all_routes
from infra.openapi.samples import accepted, dumps, newest_document, request_sample
from infra.openapi.schemas import Schemas, _closed
from shared.models import Model, build
from shared.translation import from_older, spelled, to_wire
from shared.versions import OnlyNewer, Replace, chain, versions
from tests.infra.openapi.documents import documents
from tests.openapi import _inlined

V1 = versions()["v1"]
ROUTES = [route for route in all_routes() if "v1" in route.versions]
GIVEN = sorted(_closed({r.result for r in ROUTES if r.result}), key=lambda m: m.__qualname__)
TAKEN = sorted({r.body[1] for r in ROUTES if r.body}, key=lambda m: m.__qualname__)
SCHEMAS = Schemas(V1, TAKEN, GIVEN)
ROOT = {"components": {"schemas": SCHEMAS.components}}


def validator(model: type[Model], mode: Any) -> Draft202012Validator:
    return Draft202012Validator(_inlined(SCHEMAS.reference(model, mode), ROOT, sparse=False))


def downgraded(model: type[Model], document: dict[str, Any]) -> Any:
    made = build(model, document)
    return orjson.loads(dumps(to_wire(V1, model, made.__dict__)))


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.__name__)
def test_an_answer_of_the_older_version_keeps_its_schema(model: type[Model]):
    found = list(
        validator(model, "serialization").iter_errors(downgraded(model, newest_document(model)))
    )
    assert found == []


@pytest.mark.parametrize("model", GIVEN, ids=lambda model: model.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_answer_of_the_older_version_keeps_its_schema(model: type[Model], data: Any):
    document = data.draw(documents(model))
    found = list(validator(model, "serialization").iter_errors(downgraded(model, document)))
    assert found == [], document


@pytest.mark.parametrize("model", TAKEN, ids=lambda model: model.__name__)
def test_a_request_of_the_older_version_is_accepted_and_keeps_its_schema(model: type[Model]):
    sample = request_sample(SCHEMAS, model)
    assert accepted(V1, model, sample)
    assert list(validator(model, "validation").iter_errors(sample)) == []
    assert accepted(V1, model, {**sample, "a_field_nobody_knows": 1})


@pytest.mark.parametrize(
    "model", [m for m in TAKEN if chain(m, "v1")], ids=lambda model: model.__name__
)
def test_a_field_sent_under_its_older_name_is_read_again(model: type[Model]):
    edits = [edit for change in chain(model, "v1") for edit in change.edits]
    converted = {e.newer for e in edits if isinstance(e, OnlyNewer | Replace)}
    document = {name: f"value of {name}" for name in model.model_fields if name not in converted}
    sent = {spelled(V1, model, (name,))[1:]: value for name, value in document.items()}
    assert from_older(V1, model, sent) == document
