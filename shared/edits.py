"""What can differ between two neighbouring API versions of a document: one field at a time.

An edit is data, so that requests, answers, error pointers and JSON Schemas follow from it alike.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from shared.errors import Refusal
from shared.models import Model, held_model

Document = dict[str, Any]


def same(value: Any) -> Any:
    """The conversion that changes nothing."""
    return value


class Rename(NamedTuple):
    """A field with another name and the same value."""

    newer: str
    older: str


class Replace(NamedTuple):
    """A field that another stands for: `older_type` is its type in the older version."""

    newer: str
    older: str
    older_type: Any
    upgrade: Callable[[Any], Any] = same
    downgrade: Callable[[Any], Any] = same


class OnlyNewer(NamedTuple):
    """A field that the older version does not have. `means` is what each of its requests says of
    it, without saying so: what always was and has to be asked for now."""

    newer: str
    means: Any = None


class OnlyOlder(NamedTuple):
    """A field that only the older version has, computed for answers from the newer document.

    In requests its value goes to `upgrade(document, value)`, which may set newer fields.
    """

    older: str
    older_type: Any
    downgrade: Callable[[Document], Any] | None = None
    upgrade: Callable[[Document, Any], None] | None = None


Edit = Rename | Replace | OnlyNewer | OnlyOlder


def older_names(
    edits: tuple[Edit, ...], fields: frozenset[str], *, answers: bool
) -> frozenset[str]:
    """What the older version calls the fields of an answer, or of a request."""
    newer = {edit.newer for edit in edits if not isinstance(edit, OnlyOlder)}
    older = {
        edit.older
        for edit in edits
        if (isinstance(edit, OnlyOlder) and (edit.downgrade if answers else edit.upgrade))
        or (isinstance(edit, Rename | Replace) and edit.newer in fields)
    }
    return fields - newer | older


def inside_older(
    edits: tuple[Edit, ...], inside: Mapping[str, type[Model]]
) -> dict[str, type[Model]]:
    """The fields of the older version that hold models, from those of the newer one."""
    newer = {edit.newer for edit in edits if not isinstance(edit, OnlyOlder)}
    found = {name: model for name, model in inside.items() if name not in newer}
    for edit in edits:
        if isinstance(edit, Rename) and edit.newer in inside:
            found[edit.older] = inside[edit.newer]
        elif isinstance(edit, Replace | OnlyOlder):
            model = held_model(edit.older_type)
            found |= {edit.older: model} if model else {}
    return found


Downgrade = tuple[str, str | None, Callable[[Any], Any]]
"""An older name, the newer field it comes from (None: from the whole document), the conversion."""
Faults = list[dict[str, Any]]
"""Findings about a request, each with the path of its field in the newest names."""
_CHECKS: dict[int, tuple[Edit, TypeAdapter[Any]]] = {}


def downgrades(edits: Iterable[Edit]) -> tuple[Downgrade, ...]:
    """What the edits add to an answer, in their order."""
    steps: list[Downgrade] = []
    for edit in edits:
        if isinstance(edit, OnlyOlder):
            if edit.downgrade:
                steps.append((edit.older, None, edit.downgrade))
        elif not isinstance(edit, OnlyNewer):
            convert = edit.downgrade if isinstance(edit, Replace) else same
            steps.append((edit.older, edit.newer, convert))
    return tuple(steps)


def strangers(edits: Iterable[Edit], document: Document, faults: Faults) -> set[str]:
    """The fields whose values are not of the older version's type: a step would misread them, and
    the newer model might take for its own what the older one never allowed."""
    found: set[str] = set()
    for edit in edits:
        if isinstance(edit, Replace | OnlyOlder) and edit.older in document:
            strange = _strange(edit, document[edit.older])
            faults += strange
            found |= {edit.older} if strange else set()
    return found


def upgrade_field(edit: Rename | Replace | OnlyOlder, document: Document, value: Any) -> None:
    """Put what an older field says into a newer document."""
    if isinstance(edit, Rename):
        document[edit.newer] = value
    elif isinstance(edit, Replace):
        document[edit.newer] = edit.upgrade(value)
    elif edit.upgrade:
        edit.upgrade(document, value)


def _strange(edit: Replace | OnlyOlder, value: Any) -> Faults:
    if isinstance(edit, OnlyOlder) and (edit.upgrade is None or value is None):
        return []  # a field of answers only; null in a field that is gone says nothing
    if id(edit) not in _CHECKS:  # the edit is kept too, so that no other can have its id
        _CHECKS[id(edit)] = edit, TypeAdapter(edit.older_type)
    try:
        _CHECKS[id(edit)][1].validate_json(orjson.dumps(value), strict=True)
    except ValidationError as error:
        name = edit.newer if isinstance(edit, Replace) else edit.older
        return [
            {
                "path": (name, *_places(item["loc"])),
                "code": item["type"],
                "message": item["msg"].removeprefix("Value error, "),
            }
            for item in error.errors(include_url=False, include_input=False)
        ]
    return []


def _places(location: Iterable[str | int]) -> Iterable[int]:
    """Where in a list; pydantic also names the alternatives of a union."""
    return (part for part in location if isinstance(part, int))


def faults_of(refusal: Refusal) -> Faults:
    """What a step refused, as findings."""
    return [
        {"path": (item["field"],), "code": "value_error", "message": item["message"]}
        for item in refusal.details["errors"]
    ]
