"""Facts: what happened, told to whoever wants to know. The contract of every event is a class.

    class AssignmentCompleted(Event, type="assignment.completed"):
        "A task was marked done."
        assignment_id: UUID
        course_id: UUID | None

The entity's id is the field `<entity>_id`. Data holds ids, enums and numbers, at most 8 KB. A
changed contract gets a higher `version` and an `upcast` from each older one, so that old rows
still replay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Literal, Self, dataclass_transform
from uuid import UUID

from pydantic import create_model

from shared.ids import uuid7
from shared.models import Model, camel

Audience = Literal["user", "staff", "organization"]
Shape = type[Model]
CONTRACTS: dict[str, type["Event"]] = {}


@dataclass_transform(kw_only_default=True)
class _Fields:
    """Lets type checkers know that annotations are what `__init__` takes."""


class Event(_Fields):
    """Base of all event contracts: the fields of a subclass are the event's `data`.

    An event that is told is not validated: pyright has, and the tests do. Its pydantic model is for
    reading, and made when somebody reads; most environments only tell.
    """

    type: ClassVar[str] = ""
    schema_version: ClassVar[int] = 1
    audience: ClassVar[Audience] = "user"
    entity: ClassVar[str] = ""
    _fields: ClassVar[dict[str, Any]] = {"entity_version": int}
    _defaults: ClassVar[dict[str, Any]] = {"entity_version": 1}

    entity_version: int = 1

    def __init_subclass__(cls, *, type: str, version: int = 1, audience: Audience = "user") -> None:
        cls.type, cls.schema_version, cls.audience = type, version, audience
        cls.entity = type.partition(".")[0]
        given = vars(cls)
        cls._fields = {**cls._fields, **given.get("__annotations__", {})}
        cls._defaults = {**cls._defaults, **{n: given[n] for n in cls._fields if n in given}}
        if f"{cls.entity}_id" not in cls._fields:
            raise TypeError(f"{cls.__name__} needs the field {cls.entity}_id")
        if type in CONTRACTS and CONTRACTS[type].__qualname__ != cls.__qualname__:
            raise TypeError(f"{type} has a contract already: {CONTRACTS[type].__name__}")
        CONTRACTS[type] = cls

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(self._defaults, **fields)
        if self.__dict__.keys() != self._fields.keys():
            wrong = sorted(self.__dict__.keys() ^ self._fields.keys())
            raise TypeError(f"{self.type}: missing or unknown: {', '.join(wrong)}")

    @classmethod
    @cache
    def model(cls) -> Shape:
        """The contract as a pydantic model, `entity_version` included."""
        fields = {n: (of, cls._defaults.get(n, ...)) for n, of in cls._fields.items()}
        named: Any = create_model
        return named(cls.__name__, __base__=Model, __doc__=cls.__doc__, **fields)

    @classmethod
    def of(cls, fact: Mapping[str, Any]) -> Self:
        """The event of what a statement returned as JSON. Raises ValidationError."""
        return cls(**cls.model().model_validate(fact, strict=False).__dict__)

    @classmethod
    def upcast(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003 (hook)
        """Data of an older version of this contract in today's shape."""
        raise LookupError(f"{cls.type} cannot be read at version {version}")

    @property
    def entity_id(self) -> str:
        return str(getattr(self, f"{self.entity}_id"))

    @property
    def data(self) -> dict[str, Any]:
        """What travels, by wire name; orjson knows all that it holds."""
        values = self.__dict__
        return {camel(name): values[name] for name in self._fields if name != "entity_version"}

    @classmethod
    def read(cls, version: int, data: dict[str, Any], entity_version: int) -> Self:
        """The event of a stored or received envelope's data."""
        if version != cls.schema_version:
            data = cls.upcast(version, data)
        return cls.of({**data, "entityVersion": entity_version})


class UserCreated(Event, type="user.created"):
    """A confirmed person has an account. The one fact that the gate itself tells, in whichever
    function a new person's first request arrives: an artifact has no contracts but those it uses.
    """

    user_id: UUID


@dataclass(slots=True, eq=False, repr=False)
class Origin:
    """Where facts come from: who acts, for which request, in answer to which event."""

    source: str
    correlation_id: str
    actor_type: str = "system"
    actor_id: str | None = None
    on_behalf_of: UUID | None = None
    user_id: UUID | None = None
    organization_id: UUID | None = None
    causation_id: UUID | None = None
    request_id: str | None = None
    trace_id: str | None = None
    api_version: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class Emissions:
    """The facts of one unit of work, collected until its transaction closes."""

    origin: Origin
    records: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(
        self, event: Event, *, user_id: UUID | None = None, event_id: UUID | None = None
    ) -> UUID:
        """Collect an event about the origin's user, or about `user_id`. Returns the event's id,
        which is `event_id` where a row that was written before names it."""
        origin, event_id = self.origin, event_id or uuid7()
        self.records.append(
            {
                "id": event_id,
                "type": event.type,
                "version": event.schema_version,
                "source": origin.source,
                "occurred_at": datetime.now(UTC),
                "actor_type": origin.actor_type,
                "actor_id": origin.actor_id,
                "on_behalf_of": origin.on_behalf_of,
                "user_id": user_id or origin.user_id,
                "organization_id": origin.organization_id,
                "entity_type": event.entity,
                "entity_id": event.entity_id,
                "entity_version": event.entity_version,
                "audience": event.audience,
                "correlation_id": origin.correlation_id,
                "causation_id": origin.causation_id,
                "request_id": origin.request_id,
                "trace_id": origin.trace_id,
                "api_version": origin.api_version,
                "data": event.data,
            }
        )
        return event_id


def envelope(record: dict[str, Any]) -> dict[str, Any]:
    """What travels on the bus for a row of the table `event`."""
    return {
        "id": record["id"],
        "type": record["type"],
        "version": record["version"],
        "source": record["source"],
        "occurredAt": record["occurred_at"],
        "actor": {
            "type": record["actor_type"],
            "id": record["actor_id"],
            "onBehalfOf": record["on_behalf_of"],
        },
        "userId": record["user_id"],
        "organizationId": record["organization_id"],
        "entity": {
            "type": record["entity_type"],
            "id": record["entity_id"],
            "version": record["entity_version"],
        },
        "audience": record["audience"],
        "correlationId": record["correlation_id"],
        "causationId": record["causation_id"],
        "requestId": record["request_id"],
        "traceId": record["trace_id"],
        "apiVersion": record["api_version"],
        "data": record["data"],
    }
