"""Newest shapes of what a client that keeps a copy asks for."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from functions.tasks.fields import Kind
from functions.tasks.models import Assignment, Lecture
from functions.tasks.occurrence_models import Occurrence
from functions.tasks.study_session_models import StudySession
from shared.models import Model, Query


class Tombstone(Model):
    """An item that is no longer there: in the trash, or gone for good."""

    kind: Kind
    id: UUID


class Sync(Model):
    """What a client's copy lacks. Items come whole, with all of their occurrences that differ from
    the series: others have become as it says. `token` asks for what comes next; `has_more`: there
    is more already."""

    assignments: list[Assignment]
    lectures: list[Lecture]
    study_sessions: list[StudySession]
    occurrences: list[Occurrence]
    deleted: list[Tombstone]
    token: str
    has_more: bool


class SyncQuery(Query):
    """The token of the answer before; none for everything."""

    token: Annotated[str, Field(max_length=2000)] | None = None
