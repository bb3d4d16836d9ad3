"""Between the newest shape of a document and each version's wire, both ways.

Steps work on field names (snake_case); at the wire a version's style spells them. What a step
converts has the step's older shape inside, whichever version is served.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from shared.edits import Document, Faults, OnlyNewer, inside_older, older_names
from shared.models import Model, camel, nested_models, own_fields, wire_names
from shared.versions import Change, Version, chain, newer_versions, step

Place = tuple[str | int, ...]


class _Step(NamedTuple):
    """From one version to the one before it: the fields of the newer one that hold models, and
    the changes, in downgrade order."""

    inside: tuple[tuple[str, type[Model]], ...]
    changes: tuple[type[Change], ...]


@cache
def _step(model: type[Model], newer: str) -> _Step:
    return _Step(tuple(_inside(model, newer).items()), step(model, newer))


@cache
def _inside(model: type[Model], version: str) -> dict[str, type[Model]]:
    """The fields that hold models, by the version's names."""
    inside = nested_models(model)
    for change in chain(model, version):
        inside = inside_older(change.edits, inside)
    return inside


@cache
def _fields(model: type[Model], version: str, *, answers: bool) -> frozenset[str]:
    """The version's names of an answer's fields, or of a request's."""
    fields = own_fields(model) if answers else frozenset(model.model_fields)
    for change in chain(model, version):
        fields = older_names(change.edits, fields, answers=answers)
    return fields


@cache
def _spellings(model: type[Model], version: str) -> dict[str, str]:
    """How a version in camelCase spells its names: as the newest one does, if that has them."""
    older = [
        e.older for c in chain(model, version) for e in c.edits if not isinstance(e, OnlyNewer)
    ]
    return {name: camel(name) for name in older} | wire_names(model)


def wire_name(version: Version, model: type[Model], name: str) -> str:
    """How a version spells one of its names."""
    return name if version.snake_case else _spellings(model, version.name).get(name, name)


@cache
def answer_fields(version: Version, model: type[Model]) -> frozenset[str]:
    """The names of an answer's fields, as the version spells them."""
    fields = _fields(model, version.name, answers=True)
    return frozenset(wire_name(version, model, name) for name in fields)


def to_wire(version: Version, model: type[Model], document: Mapping[str, Any]) -> Document:
    """An answer's document (newest field names) as the version shapes and spells it."""
    found: Any = document
    for newer in newer_versions(version.name):
        found = _older(model, found, newer)
    return styled(version, model, found)


def all_to_wire(
    version: Version, model: type[Model], documents: Sequence[Mapping[str, Any]]
) -> list[Document]:
    """The same for the documents of a list, which have the same fields all."""
    if documents and version.is_latest and not version.snake_case:
        names, nested = _layout(version.name, model, tuple(documents[0]))
        if not nested:
            return [dict(zip(names, each.values(), strict=True)) for each in documents]
    return [to_wire(version, model, each) for each in documents]


def _older(model: type[Model], document: Mapping[str, Any], newer: str) -> Document:
    """A document in the shape of the version before `newer`."""
    known = _step(model, newer)
    result = dict(document)
    for name, inner in known.inside:
        if name in result:
            result[name] = _older_inside(inner, result[name], newer)
    for change in known.changes:
        result = change.downgraded(result)
    return result


def _older_inside(model: type[Model], value: Any, newer: str) -> Any:
    if isinstance(value, list):
        return [_older_inside(model, item, newer) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, Model):
        return _older(model, value.__dict__, newer)
    return _older(model, value, newer) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType]


def styled(version: Version, model: type[Model], document: Any) -> Any:
    """A document of a version's own names as that spells them."""
    return document if version.snake_case else _spelled(version.name, model, document)


def _spelled(version: str, model: type[Model], document: Mapping[str, Any]) -> Document:
    names, nested = _layout(version, model, tuple(document))
    result = dict(zip(names, document.values(), strict=True))
    for name, inner in nested:
        result[name] = _spelled_inside(version, inner, result[name])
    return result


@lru_cache(maxsize=1024)
def _layout(
    version: str, model: type[Model], fields: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, type[Model]], ...]]:
    """How fields are spelled, and which of them hold models that are spelled otherwise inside.
    Worked out once, as the documents of a list have the same fields all."""
    known, inside = _spellings(model, version), _inside(model, version)
    names = {field: known.get(field, field) for field in fields}
    held = ((names[field], inside[field]) for field in fields if field in inside)
    return tuple(names.values()), tuple((n, i) for n, i in held if _is_respelled(version, i))


@cache
def _is_respelled(version: str, model: type[Model]) -> bool:
    """Whether a model, or one inside it, has a name that the version spells otherwise."""
    spelled = any(name != wire for name, wire in _spellings(model, version).items())
    return spelled or any(_is_respelled(version, i) for i in _inside(model, version).values())


def _spelled_inside(version: str, model: type[Model], value: Any) -> Any:
    if isinstance(value, list):
        return [_spelled_inside(version, model, item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, Model):
        return _spelled(version, model, value.__dict__)
    return _spelled(version, model, value) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType]


def from_older(
    version: Version,
    model: type[Model],
    document: Any,
    faults: Faults | None = None,
    to: str | None = None,
) -> Any:
    """A request's document of an older version with the names and the shape of a newer one, of
    the newest without `to`.

    Faults that only the older version knows of go to `faults`; they concern fields left out.
    """
    told: Faults = []
    found = _read(version, model, document, "", told)
    beyond = newer_versions(to) if to else ()
    for newer in reversed(newer_versions(version.name)):
        if newer in beyond:
            break
        told = [_renamed(fault, model, newer) for fault in told]
        found = _newer(model, found, newer, told)
    if faults is not None:
        faults += told
    return found


def _read(version: Version, model: type[Model], value: Any, place: str, faults: Faults) -> Any:
    """A document by field names, without the fields that the version does not know. Those are
    faults, told by the caller's words, unless the version is lenient."""
    if isinstance(value, list):
        return [
            _read(version, model, item, f"{place}/{number}", faults)
            for number, item in enumerate(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        ]
    if not isinstance(value, dict):
        return value
    given: Document = value  # pyright: ignore[reportUnknownVariableType]
    known, inside = _taken(version, model), _inside(model, version.name)
    forbidden = not version.lenient and model.model_config.get("extra") == "forbid"
    result: Document = {}
    for spoken, item in given.items():
        pointer = f"{place}/{_escaped(spoken)}"
        if (name := known.get(spoken)) is None:
            faults += [_unknown(pointer)] if forbidden else []
        elif name in inside:
            result[name] = _read(version, inside[name], item, pointer, faults)
        else:
            result[name] = item
    return result


@cache
def _taken(version: Version, model: type[Model]) -> dict[str, str]:
    """What a request's fields are called on the wire, and here."""
    fields = _fields(model, version.name, answers=False)
    return {wire_name(version, model, name): name for name in fields}


def _unknown(pointer: str) -> dict[str, Any]:
    return {
        "pointer": pointer,
        "code": "extra_forbidden",
        "message": "Extra inputs are not permitted",
    }


def _newer(model: type[Model], value: Any, newer: str, faults: Faults) -> Any:
    """A document of the version before `newer` in the shape of that."""
    if not isinstance(value, dict):
        return value
    known = _step(model, newer)
    found: Faults = []
    result: Document = dict(value)  # pyright: ignore[reportUnknownArgumentType]
    for change in reversed(known.changes):
        result = change.upgraded(result, found)
    for name, inner in known.inside:
        if name in result:
            result[name] = _newer_inside(inner, (name,), result[name], newer, found)
    faults += found
    return result


def _newer_inside(model: type[Model], place: Place, value: Any, newer: str, faults: Faults) -> Any:
    if isinstance(value, list):
        return [
            _newer_inside(model, (*place, number), item, newer, faults)
            for number, item in enumerate(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        ]
    found: Faults = []
    result = _newer(model, value, newer, found)
    faults += [{**fault, "path": (*place, *fault["path"])} for fault in found]
    return result


def _renamed(fault: dict[str, Any], model: type[Model], newer: str) -> dict[str, Any]:
    """A fault of an earlier step with the names that its path has after this one."""
    if "path" not in fault:
        return fault
    path: list[str | int] = []
    inside: type[Model] | None = model
    for part in fault["path"]:
        if inside is not None and isinstance(part, str):
            known = _step(inside, newer)
            for change in reversed(known.changes):
                part = change.newer_name(part)
            inside = dict(known.inside).get(part)
        path.append(part)
    return {**fault, "path": tuple(path)}


def spelled(version: Version, model: type[Model] | None, path: Place) -> str:
    """The JSON pointer (RFC 6901) of a field, in the caller's own names."""
    parts: list[str] = []
    for part in path:
        name = str(part)
        if model is not None and name in model.model_fields:
            inner = nested_models(model).get(name)
            name = _called(version, model, name)
            model = inner
        parts.append(_escaped(name))
    return "".join(f"/{part}" for part in parts)


def _called(version: Version, model: type[Model], name: str) -> str:
    for change in chain(model, version.name):
        name = change.older_name(name)
    return wire_name(version, model, name)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
