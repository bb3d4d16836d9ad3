"""Examples of requests and answers, made with the server's own models: what is shown is accepted.

An answer's example in an older version is the newest one, downgraded, so that both documents and
the migration guide show the same thing in two shapes.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import orjson
from pydantic import ValidationError

from infra.openapi.examples import example
from infra.openapi.schemas import Schemas, tidy
from shared.errors import Refusal
from shared.inputs import parse
from shared.models import Model, build, nested_models, own_fields
from shared.translation import spelled, to_wire
from shared.versions import Version

Json = dict[str, Any]


def request_sample(schemas: Schemas, model: type[Model]) -> Json:
    """A body that the server accepts, with as many fields as fit together."""
    schema = schemas.resolved(schemas.reference(model, "validation"))
    inside = {
        spelled(schemas.version, model, (name,))[1:]: (name, nested)
        for name, nested in nested_models(model).items()
    }
    full = {
        name: _nested(schemas, model, *inside[name])
        if name in inside
        else example(inner, schemas.resolved, name)
        for name, inner in schema.get("properties", {}).items()
    }
    if accepted(schemas.version, model, full):
        return full
    for start in _starts(full, schema.get("required", [])):
        if accepted(schemas.version, model, start):
            return _grown(schemas.version, model, start, full)
    raise ValueError(
        f"{model.__name__} refuses every example such as {full}: "
        "give its fields Field(examples=[...])"
    )


def _nested(schemas: Schemas, model: type[Model], field: str, nested: type[Model]) -> Any:
    """A field that holds a model, or a list of them."""
    one = request_sample(schemas, nested)
    return [one] if "list[" in str(model.model_fields[field].annotation) else one


def _starts(full: Json, required: list[str]) -> Iterator[Json]:
    """The required fields, alone and with one or two others."""
    others = [name for name in full if name not in required]
    for number in range(3):
        for chosen in combinations(others, number):
            yield {name: value for name, value in full.items() if name in (*required, *chosen)}


def _grown(version: Version, model: type[Model], start: Json, full: Json) -> Json:
    found = start
    for name in full:
        wider = {key: full[key] for key in full if key in found or key == name}
        if accepted(version, model, wider):
            found = wider
    return found


def accepted(version: Version, model: type[Model], document: Any) -> bool:
    """Whether the server takes a body of this version."""
    try:
        parse(model, version, orjson.dumps(document))
    except Refusal:
        return False
    return True


def newest_document(model: type[Model]) -> Json:
    """A stored thing's fields, with Python's values, as a statement would return them."""
    schema = model.model_json_schema(by_alias=False, mode="serialization")
    definitions = schema.get("$defs", {})

    def resolve(inner: Json) -> Json:
        while "$ref" in inner:
            inner = definitions[inner["$ref"].rsplit("/", 1)[1]]
        return inner

    own = {n: inner for n, inner in schema["properties"].items() if n in own_fields(model)}
    plain = example(tidy({**schema, "properties": own}), resolve)
    try:
        made = model.model_validate(plain, strict=False, by_name=True).__dict__
        return {name: value for name, value in made.items() if name in own}
    except ValidationError:
        return plain


def answer_sample(version: Version, model: type[Model]) -> Any:
    """What a version answers with for a model."""
    made = build(model, newest_document(model))
    return orjson.loads(dumps(to_wire(version, model, made.__dict__)))


def dumps(value: Any) -> bytes:
    """JSON as the server writes it."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    return value.__dict__ if isinstance(value, Model) else float(value)
