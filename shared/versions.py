"""API versions: one table, and the chain of changes that leads from each to the newest.

Domain code knows the newest version only. An older one is a chain of `Change`s, each beside the
domain it belongs to; a change's docstring is its public changelog entry. Its edits are data, so
that requests, responses, error pointers, JSON Schemas and migration guides all follow from them
(`translation.py`):

    class AssignmentsSaidDueDate(Change):
        "`due_date` became `dueAt`; `completed` became `status`."

        models = (Assignment, NewAssignment, AssignmentPatch)
        edits = (
            Rename(newer="due_at", older="due_date"),
            Replace(newer="status", older="completed", older_type=bool,
                    upgrade=lambda done: "submitted" if done else "todo",
                    downgrade=lambda status: status in DONE),
            OnlyNewer("percent_done"),
        )

Names in edits are field names (snake_case); each version's style gives them their spelling.
"""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import ClassVar, Literal, NamedTuple

import orjson

from shared.edits import (
    Document,
    Downgrade,
    Edit,
    Faults,
    OnlyNewer,
    OnlyOlder,
    Rename,
    Replace,
    downgrades,
    faults_of,
    same,
    strangers,
    upgrade_field,
)
from shared.errors import Refusal
from shared.models import Model

__all__ = ["Change", "Document", "OnlyNewer", "OnlyOlder", "Rename", "Replace", "Version", "same"]


class Version(NamedTuple):
    """One published version and its style.

    `snake_case` names, `offset_paging` with totals, `lenient` about unknown fields (ignores them),
    `invalid_status` for VALIDATION_ERROR, and which `envelope` wraps answers.
    """

    name: str
    deprecated_on: date | None = None
    sunset_on: date | None = None
    snake_case: bool = False
    offset_paging: bool = False
    lenient: bool = False
    invalid_status: int = 422
    envelope: Literal["v1", "v2"] = "v2"

    @property
    def is_latest(self) -> bool:
        return self.name == LATEST.name

    @property
    def is_sunset(self) -> bool:
        return self.sunset_on is not None and datetime.now(UTC).date() >= self.sunset_on

    @property
    def is_deprecated(self) -> bool:
        return self.deprecated_on is not None and datetime.now(UTC).date() >= self.deprecated_on


_TABLE = (
    Version(
        "v1",
        deprecated_on=date(2026, 9, 1),
        sunset_on=date(2027, 6, 30),
        snake_case=True,
        offset_paging=True,
        lenient=True,
        invalid_status=400,
        envelope="v1",
    ),
    Version("v2"),
)
LATEST = _TABLE[-1]


def versions() -> dict[str, Version]:
    """The table, oldest first, with the dates that CAMPUS_VERSION_DATES overrides.

    The variable is JSON, `{"v1": {"deprecated": "2026-09-01", "sunset": "2027-06-30"}}`.
    """
    return _dated(os.environ.get("CAMPUS_VERSION_DATES", ""))


@cache
def _dated(overrides: str) -> dict[str, Version]:
    given: dict[str, dict[str, str]] = orjson.loads(overrides) if overrides else {}
    return {version.name: _with_dates(version, given.get(version.name, {})) for version in _TABLE}


def _with_dates(version: Version, dates: dict[str, str]) -> Version:
    deprecated, sunset = version.deprecated_on, version.sunset_on
    if "sunset" in dates:
        sunset = date.fromisoformat(dates["sunset"])
    if "deprecated" in dates:
        deprecated = date.fromisoformat(dates["deprecated"])
    if sunset and deprecated and sunset < deprecated:  # RFC 8594: never before the deprecation
        deprecated = sunset - timedelta(days=1)
    return version._replace(deprecated_on=deprecated, sunset_on=sunset)


_CHANGES: dict[type[Model], list[type["Change"]]] = {}
_MODULES: list[str] = []
_loading = threading.Lock()


class Change:
    """One breaking change between two neighbouring versions. The docstring is the changelog."""

    older: ClassVar[str] = "v1"
    newer: ClassVar[str] = "v2"
    models: ClassVar[tuple[type[Model], ...]] = ()
    edits: ClassVar[tuple[Edit, ...]] = ()
    _newer: ClassVar[frozenset[str]] = frozenset()
    _downgrades: ClassVar[tuple[Downgrade, ...]] = ()

    def __init_subclass__(cls) -> None:
        if not cls.__doc__:
            raise TypeError(f"{cls.__name__} needs a docstring: it is the changelog entry")
        for model in cls.models:
            _CHANGES.setdefault(model, []).append(cls)
        cls._newer = frozenset(e.newer for e in cls.edits if not isinstance(e, OnlyOlder))
        cls._downgrades = downgrades(cls.edits)

    @classmethod
    def upgraded(cls, document: Document, faults: Faults) -> Document:
        """A request's document of the older version in the newer one's shape. What cannot be
        understood is left out and told in `faults`."""
        for fault in faults:  # of the changes before
            fault["path"] = (cls.newer_name(fault["path"][0]), *fault["path"][1:])
        strange = strangers(cls.edits, document, faults)
        result = {name: value for name, value in document.items() if name not in strange}
        for edit in cls.edits:
            if isinstance(edit, OnlyNewer):
                result |= {edit.newer: edit.means} if edit.means is not None else {}
                continue
            if edit.older not in document or edit.older in strange:
                continue
            value = result.pop(edit.older) if edit.older in result else document[edit.older]
            try:
                upgrade_field(edit, result, value)
            except Refusal as refusal:
                faults += faults_of(refusal)
        return result

    @classmethod
    def downgraded(cls, document: Document) -> Document:
        """An answer's document of the newer version in the older one's shape."""
        result = document.copy()
        for name in cls._newer:
            result.pop(name, None)
        for older, newer, convert in cls._downgrades:
            if newer is None:
                result[older] = convert(document)
            elif newer in document:
                result[older] = convert(document[newer])
        return result

    @classmethod
    def older_name(cls, field: str) -> str:
        """What the older version calls a field."""
        for edit in cls.edits:
            if isinstance(edit, Rename | Replace) and edit.newer == field:
                return edit.older
        return field

    @classmethod
    def newer_name(cls, field: str) -> str:
        """What the newer version calls a field."""
        for edit in cls.edits:
            if isinstance(edit, Rename | Replace) and edit.older == field:
                return edit.newer
        return field


@cache
def newer_versions(version: str) -> tuple[str, ...]:
    """The names of the versions after one, newest first."""
    names = [known.name for known in _TABLE]
    return tuple(reversed(names[names.index(version) + 1 :]))


def steps_in(module: str) -> None:
    """Say where steps are. The module is imported when an older version is first asked for."""
    _MODULES.append(module)


def _load() -> None:
    """Import the modules of steps, once; whoever comes meanwhile waits until all are there."""
    if _MODULES:
        with _loading:
            while _MODULES:
                import_module(_MODULES[-1])
                _MODULES.pop()


def step(model: type[Model], newer: str) -> tuple[type[Change], ...]:
    """What changed of a model between a version and the one before it, in downgrade order."""
    _load()
    return tuple(change for change in _CHANGES.get(model, ()) if change.newer == newer)


@cache
def chain(model: type[Model], version: str) -> tuple[type[Change], ...]:
    """The changes of a model from the newest version down to `version`, in downgrade order."""
    return tuple(change for newer in newer_versions(version) for change in step(model, newer))


def changes() -> Iterator[type[Change]]:
    """Every change of the functions that are loaded, once each."""
    _load()
    return iter(dict.fromkeys(change for found in _CHANGES.values() for change in found))
