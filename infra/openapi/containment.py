"""Whether everything that one JSON Schema allows is allowed by another, and if not, why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
DEEPEST = 12


class Side:
    """One of the two documents."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def resolved(self, node: Json) -> Json:
        """A node behind its references."""
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def at(self, schema: Json) -> "Place":
        """A schema of this document."""
        return Place(self, self.resolved(schema))


@dataclass(frozen=True, slots=True)
class Place:
    """A schema with the document that its references belong to."""

    side: Side
    schema: Json

    def inner(self, schema: Json) -> "Place":
        return self.side.at(schema)

    def variants(self) -> "list[Place]":
        """The alternatives, each with a single type where types are named."""
        for choices in ("anyOf", "oneOf"):
            if choices in self.schema:
                parts = [self.inner(part) for part in self.schema[choices]]
                return [variant for part in parts for variant in part.variants()]
        kinds = self.schema.get("type")
        if isinstance(kinds, list):
            return [Place(self.side, {**self.schema, "type": kind}) for kind in kinds]
        return [self]

    @property
    def kind(self) -> str | None:
        return self.schema.get("type")


def misfits(
    given: Place,
    allowed: Place,
    *,
    answers: bool = False,
    both_ways: bool = False,
    depth: int = 0,
) -> Iterator[str]:
    """Why something of `given` is not allowed; each reason begins with where.

    With `answers`, `given` is the new answer: it may have more fields, but no field, value or
    certainty of the old one may be missing. With `both_ways` a field that `allowed` does not name
    is missing, even if it would be ignored.
    """
    if depth > DEEPEST:
        return
    for variant in given.variants():
        fitting = [one for one in allowed.variants() if _same_kind(variant, one)]
        if not fitting:
            yield f" may be {variant.kind or 'anything'}, which is not known"
            continue
        reasons = [list(_reasons(variant, one, answers, both_ways, depth)) for one in fitting]
        yield from min(reasons, key=len)


def _same_kind(given: Place, allowed: Place) -> bool:
    if allowed.kind is None or given.kind == allowed.kind:
        return True
    return (given.kind, allowed.kind) == ("integer", "number")


def _reasons(
    given: Place, allowed: Place, answers: bool, both_ways: bool, depth: int
) -> Iterator[str]:
    yield from _values(given.schema, allowed.schema, answers)
    yield from _bounds(given.schema, allowed.schema)
    if "items" in allowed.schema:
        inner = given.inner(given.schema.get("items", {})), allowed.inner(allowed.schema["items"])
        for reason in misfits(*inner, answers=answers, both_ways=both_ways, depth=depth + 1):
            yield f"[]{reason}"
    if "properties" in allowed.schema or "properties" in given.schema:
        yield from _fields(given, allowed, answers, both_ways, depth)


def _values(given: Json, allowed: Json, answers: bool) -> Iterator[str]:
    known, found = _listed(allowed), _listed(given)
    if known is not None:
        if found is None:
            yield " may be any value, of which only some were listed"
        else:
            for value in found:
                if value not in known:
                    yield f" may be {value!r}, which is not known"
    if answers and known is not None and found is not None:
        for value in known:
            if value not in found:
                yield f" is never {value!r} any more"
    for rule in ("pattern", "format"):
        if rule in allowed and given.get(rule) != allowed[rule]:
            yield f" has another {rule}: {given.get(rule)} against {allowed[rule]}"


def _listed(schema: Json) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema.get("enum")


def _bounds(given: Json, allowed: Json) -> Iterator[str]:
    if _listed(given) is not None:
        return
    for rule in _UPPER:
        if rule in allowed and (rule not in given or given[rule] > allowed[rule]):
            yield f" may exceed {rule} {allowed[rule]}"
    for rule in _LOWER:
        if rule in allowed and (rule not in given or given[rule] < allowed[rule]):
            yield f" may be below {rule} {allowed[rule]}"


def _fields(
    given: Place, allowed: Place, answers: bool, both_ways: bool, depth: int
) -> Iterator[str]:
    fields, known = given.schema.get("properties", {}), allowed.schema.get("properties", {})
    for name in allowed.schema.get("required", []):
        if name not in given.schema.get("required", []):
            told = "is not always there any more" if answers else "is required"
            yield f".{name} {told}"
    closed = both_ways or allowed.schema.get("additionalProperties") is False
    for name in fields:
        if name not in known:
            if closed and not answers:
                yield f".{name} is not taken any more"
            continue
        inner = given.inner(fields[name]), allowed.inner(known[name])
        for reason in misfits(*inner, answers=answers, both_ways=both_ways, depth=depth + 1):
            yield f".{name}{reason}"
    if answers:
        yield from (f".{name} is gone" for name in known if name not in fields)
