"""Shapes of health, releases and versions."""

from typing import Annotated, Literal

from pydantic import Field

from shared.models import Model, Query, Text
from shared.versions import LATEST

Status = Literal["healthy", "degraded", "unhealthy"]


class Liveness(Model):
    """The process answers."""

    status: Literal["healthy"]


class Component(Model):
    """One thing that requests depend on: its state, and how long it took to find out."""

    name: str
    status: Status
    latency_ms: float
    reason: str | None


class Readiness(Model):
    """Whether requests can be served."""

    status: Status
    components: list[Component]


class Figures(Model):
    """What the last minutes looked like inside."""

    backlog: int = Field(description="Events that wait to be published.")
    oldest_seconds: float = Field(description="How long the oldest of them has waited.")
    open_failures: int = Field(description="Events that some subscriber could not take yet.")
    dead_letters: int | None = Field(description="Messages in dead-letter queues, if known.")
    error_rate: float = Field(description="Failed share of the last five minutes' reactions.")
    mean_seconds: float = Field(description="Mean time from event to reaction, last 5 minutes.")


class DeepHealth(Model):
    """The whole system: healthy, degraded (it works, badly) or unhealthy."""

    status: Status
    components: list[Component]
    figures: Figures


class Release(Model):
    """What is deployed."""

    release: str
    latest_version: str
    supported_versions: list[str]


class VersionInfo(Model):
    """One version of the API, and the way on from it."""

    version: str
    is_supported: bool
    is_deprecated: bool
    is_latest: bool
    sunset_date: str | None
    migration_guide: str | None
    breaking_changes: list[str]


class VersionList(Model):
    """All versions, oldest first."""

    versions: list[VersionInfo]


class DocumentQuery(Query):
    """Which version's document is wanted."""

    version: Annotated[Text, Field(max_length=10, examples=["v2"])] = LATEST.name
