"""The shapes of requests and responses, and the field types that keep hostile input out.

Python and SQL say `due_at`, the wire says `dueAt` (v2). Bodies are read in pydantic's strict JSON
mode: no `"yes"` for a boolean, no `1.0` for an integer, no unknown field. Every accepted value can
be stored and read again: text without NUL in Unicode NFC, times between 1970 and 2200 in UTC.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.ids import canonical_uuid
from shared.late import put_off


def _without_plugins() -> None:
    """Nobody plugs into pydantic here. Looking for plugins reads the metadata of every package, and
    being ready to look imports an e-mail parser."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    metadata: Any = put_off("importlib.metadata")

    def entry_points(**chosen: Any) -> Any:
        del metadata.entry_points
        return metadata.entry_points(**chosen)

    if "entry_points" not in vars(metadata):
        metadata.entry_points = entry_points


_without_plugins()

camel = cache(to_camel)
"""snake_case to camelCase."""

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _clean(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character NUL")
    return unicodedata.normalize("NFC", text)


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("must be an RFC 3339 time with an offset, such as 2026-11-20T10:30:00Z")
    return datetime.fromisoformat(value.upper().replace("Z", "+00:00"))


def _bounded(value: datetime) -> datetime:
    # Compared before converting: the year 1 or 9999 with an offset cannot be expressed in UTC.
    if not (_EARLIEST <= value < _LATEST):
        raise ValueError("must be between the years 1970 and 2200")
    return value.astimezone(UTC)


def _bounded_day(value: date) -> date:
    if not 1900 <= value.year < 2200:
        raise ValueError("must be between the years 1900 and 2200")
    return value


def _uuid(value: Any) -> Any:
    if isinstance(value, str):
        found = canonical_uuid(value)
        if found is None:
            raise ValueError("must be a UUID of 36 characters")
        return found
    return value


def _integer(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise ValueError("must be an integer")
    return value


def _boolean(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError("must be true or false")
        return value == "true"
    return value


def _zone(value: str) -> str:
    from zoneinfo import available_timezones

    if value not in _zones(available_timezones):
        raise ValueError("must be an IANA time zone, such as Europe/Berlin")
    return value


@cache
def _zones(available: Any) -> frozenset[str]:
    return frozenset(available())


def _split(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(_clean)]
"""Any text; bound its length with `Field(max_length=...)`."""
Timestamp = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_bounded)]
"""RFC 3339 with an offset; UTC inside."""
Day = Annotated[date, AfterValidator(_bounded_day)]
Id = Annotated[UUID, BeforeValidator(_uuid)]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
QueryInteger = Annotated[int, BeforeValidator(_integer)]
QueryBoolean = Annotated[bool, BeforeValidator(_boolean)]


def _names(value: Any) -> Any:
    """Names with commas between, in the spelling of any version."""
    if not isinstance(value, str):
        return value
    return ["".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in _split(value)]


T = TypeVar("T")
AnyOf = Annotated[list[T], Field(min_length=1, max_length=50), BeforeValidator(_split)]
"""A query parameter that takes several values with commas between them, any of which matches."""
Include = Annotated[list[T], Field(min_length=1, max_length=20), BeforeValidator(_names)]
"""The query parameter `include`: which of the answer's `INCLUDED` fields are wanted."""
INCLUDED: Any = Field(
    default=None,
    description="Only there when `include` names it.",
    json_schema_extra={"x-included": True},
)
"""The default of a field of answers that holds related data: see `shared.related`."""


class Model(BaseModel):
    """A shape on the wire. Fields are snake_case here and camelCase in the newest JSON."""

    model_config = ConfigDict(
        alias_generator=camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,  # a validator when the first document needs it: most never do
        str_max_length=100_000,
    )

    def changes(self) -> dict[str, Any]:
        """What a merge patch (RFC 7396) names: the fields that were sent, null for cleared."""
        return self.model_dump(mode="json", exclude_unset=True, by_alias=False)

    def values(self) -> dict[str, Any]:
        """All fields as statement parameters."""
        return dict(self.__dict__)


class Entity(Model):
    """What every stored thing carries."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class Deletable(Entity):
    """An entity that goes to the trash before it goes for good."""

    deleted_at: datetime | None = None
    purge_at: datetime | None = None


class Query(Model):
    """Parameters of the query string: text on the wire, so read in lax mode."""

    model_config = ConfigDict(strict=False)

    @property
    def included(self) -> list[str]:
        """The related data that is wanted, each once."""
        return list(dict.fromkeys(getattr(self, "include", None) or ()))


class ReadQuery(Query):
    """What the reading of one thing takes."""

    fields: Annotated[str, Field(max_length=1000)] | None = None


class ListQuery(Query):
    """What every list takes besides its filters."""

    limit: Annotated[QueryInteger, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2000)] | None = None
    sort: Annotated[str, Field(max_length=64)] | None = None
    fields: Annotated[str, Field(max_length=1000)] | None = None


M = TypeVar("M", bound=Model)


class Page(Generic[M]):
    """One page of a list: documents keyed by field names (snake_case), and where the next starts.

    `total` is counted only for offset paging (v1).
    """

    __slots__ = ("documents", "end_cursor", "has_next", "limit", "model", "offset", "total")

    def __init__(
        self,
        model: type[M],
        documents: list[dict[str, Any]],
        *,
        has_next: bool = False,
        end_cursor: str | None = None,
        limit: int = 20,
        offset: int = 0,
        total: int | None = None,
    ) -> None:
        self.model = model
        self.documents = documents
        self.has_next = has_next
        self.end_cursor = end_cursor
        self.limit = limit
        self.offset = offset
        self.total = total


def build(model: type[M], values: dict[str, Any]) -> M:
    """A model around values that PostgreSQL has checked already (a row of ours): no validation."""
    made = model.__new__(model)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", set(values))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


@cache
def wire_names(model: type[Model]) -> dict[str, str]:
    """Field name to the newest version's wire name."""
    return {name: info.alias or name for name, info in model.model_fields.items()}


@cache
def own_fields(model: type[Model]) -> frozenset[str]:
    """The fields that a row of it has: all but the included ones."""
    return frozenset(name for name in model.model_fields if name not in included_fields(model))


@cache
def included_fields(model: type[Model]) -> frozenset[str]:
    """The fields that are only there when `include` names them."""
    fields = model.model_fields.items()
    mark = INCLUDED.json_schema_extra
    return frozenset(name for name, info in fields if info.json_schema_extra == mark)


@cache
def nested_models(model: type[Model]) -> dict[str, type[Model]]:
    """Fields that hold another model or a list of one."""
    found = {name: held_model(info.annotation) for name, info in model.model_fields.items()}
    return {name: inner for name, inner in found.items() if inner}


def held_model(annotation: Any) -> type[Model] | None:
    """The model that a value of this type is, or is a list of."""
    found: type[Model] | None = None
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, Model):
            found = part
    return found


def _parts(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in (Union, UnionType, list):
        for argument in get_args(annotation):
            yield from _parts(argument)
    elif origin is not Literal:
        yield annotation
