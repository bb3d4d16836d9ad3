"""components.schemas of one version: what pydantic says of the models, in its spelling."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from infra.openapi.older import older_schema
from shared.models import Model, Query, nested_models
from shared.translation import wire_name
from shared.versions import Version, chain

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]
REFERENCE = "#/components/schemas/{model}"
_LONGEST = Model.model_config.get("str_max_length")
_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "min_length": "minLength",
    "max_length": "maxLength",
}


class Schemas:
    """The schemas of all models that a version's routes take (validation) and give."""

    def __init__(
        self,
        version: Version,
        taken: Iterable[type[Model]],
        given: Iterable[type[Model]],
        patches: Iterable[type[Model]] = (),
    ) -> None:
        """`patches` are the taken models whose absent fields mean "unchanged", not a default."""
        self.version = version
        self._patches = set(_closed(patches))
        self.components: Json = {}
        pairs: list[tuple[type[Model], Mode]] = [
            *((model, "validation") for model in _closed(taken)),
            *((model, "serialization") for model in _closed(given)),
        ]
        pairs.sort(key=lambda pair: (pair[0].__module__, pair[0].__qualname__, pair[1]))
        found, definitions = models_json_schema(pairs, by_alias=False, ref_template=REFERENCE)
        named = {pair: _name(found[pair]) for pair in pairs}
        self._names = _spoken(named)
        spoken = {named[pair]: name for pair, name in self._names.items()}
        for pair, name in self._names.items():
            definition = definitions["$defs"][named[pair]]
            self.components[name] = self._styled(_renamed(definition, spoken), *pair)
        self.components = dict(sorted(self.components.items()))

    def reference(self, model: type[Model], mode: Mode) -> Json:
        """Where a model's schema is."""
        return {"$ref": REFERENCE.format(model=self._names[model, mode])}

    def parameters(self, query: type[Query]) -> Json:
        """The schema of a query string as an object."""
        schema = query.model_json_schema(by_alias=False)
        return self._styled(schema, query, "validation")

    def of_type(self, annotation: Any) -> Json:
        """The schema of any type; models in it join the components."""
        schema = TypeAdapter(annotation).json_schema(
            by_alias=not self.version.snake_case, ref_template=REFERENCE
        )
        for name, definition in schema.pop("$defs", {}).items():
            self.components.setdefault(name, tidy(definition))
        return tidy(schema)

    def resolved(self, schema: Json) -> Json:
        """What a schema of this document says, behind its reference."""
        while "$ref" in schema:
            schema = self.components[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def _styled(self, schema: Json, model: type[Model], mode: Mode) -> Json:
        answers = mode == "serialization"
        steps = chain(model, self.version.name)
        plain = older_schema(tidy(schema), steps, self.of_type, answers=answers)
        plain = _spelled(plain, self.version, model)
        if answers or model in self._patches:
            for field in plain.get("properties", {}).values():
                field.pop("default", None)
        for name, field in plain.get("properties", {}).items():
            if name.endswith(("_local", "Local")):
                _without_offset(field)
        if answers or self.version.lenient:
            # An answer may gain fields; a lenient version ignores those it does not know.
            plain.pop("additionalProperties", None)
        return plain


def _spelled(schema: Json, version: Version, model: type[Model]) -> Json:
    """An object's schema with the names of its fields as the version spells them."""
    result = dict(schema)
    if "properties" in schema:
        named = schema["properties"].items()
        result["properties"] = {wire_name(version, model, name): inner for name, inner in named}
    if "required" in schema:
        result["required"] = [wire_name(version, model, name) for name in schema["required"]]
    return result


def _without_offset(schema: Json) -> None:
    """A time on some wall clock, which RFC 3339's date-time is not (OpenAPI's format registry)."""
    for part in (schema, *schema.get("anyOf", ())):
        if part.get("format") == "date-time":
            part["format"] = "date-time-local"


def _closed(models: Iterable[type[Model]]) -> list[type[Model]]:
    """The models with all that they hold."""
    found: dict[type[Model], None] = {}
    waiting = list(models)
    while waiting:
        model = waiting.pop()
        if model not in found:
            found[model] = None
            waiting += nested_models(model).values()
    return list(found)


def _name(reference: Json) -> str:
    return reference["$ref"].rsplit("/", 1)[1]


def _spoken(named: dict[tuple[type[Model], Mode], str]) -> dict[tuple[type[Model], Mode], str]:
    """pydantic's `X-Output` is plainly X, its `X-Input` is XInput."""
    taken = set(named.values())
    spoken: dict[tuple[type[Model], Mode], str] = {}
    for pair, name in named.items():
        plain = name.removesuffix("-Output")
        if plain != name and plain in taken:
            plain = name.replace("-", "")
        spoken[pair] = plain.replace("-Input", "Input")
    return spoken


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            name = reference.rsplit("/", 1)[1]
            return {**value, "$ref": REFERENCE.format(model=names.get(name, name))}
        return {key: _renamed(item, names) for key, item in value.items()}
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


def tidy(schema: Any) -> Any:
    """The schema without pydantic's titles, which only repeat the names, without the bound that
    every text has, and with the names that JSON Schema has for bounds behind a validator."""
    if isinstance(schema, list):
        return [tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: Json = {}
    for name, value in schema.items():
        if (name, value) == ("default", None):
            continue  # absent, which null in a document is not
        if (name, value) == ("maxLength", _LONGEST):
            continue
        if name == "properties":
            result[name] = {field: tidy(inner) for field, inner in value.items()}
        elif name in ("default", "examples", "const", "enum"):
            result[name] = value
        elif not (name == "title" and isinstance(value, str)):
            result[_BOUNDS.get(name, name)] = tidy(value)
    return result
