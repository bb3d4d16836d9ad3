"""The shapes of the measured routes, for the stacks that validate with pydantic: as much of the
rules as fits their declarations, so rather less work than this project's.

Beside the two measured routes a function has others, each with shapes of its own. `other_body` and
`other_result` make such: seven fields, as many as those of `tasks` have on average."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Status = Literal["todo", "in_progress", "submitted", "graded", "excused", "dropped"]
Priority = Literal["low", "medium", "high", "urgent"]
Method = Literal["online", "in_person", "none"]


class Shape(BaseModel):
    """snake_case here, camelCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", defer_build=True
    )


class NewAssignment(Shape):
    """What a client sends."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    status: Status = "todo"
    course_id: UUID | None = None
    parent_id: UUID | None = None
    description: Annotated[str, Field(max_length=5000)] = ""
    due_at: datetime
    due_on: date | None = None
    timezone: Annotated[str, Field(max_length=64)] = "UTC"
    start_on: date | None = None
    priority: Priority = "medium"
    estimated_minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None
    percent_done: Annotated[int, Field(ge=0, le=100)] = 0
    points: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    score: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    weight: Annotated[float, Field(ge=0, le=1_000)] | None = None
    submission_method: Method = "none"
    submission_url: Annotated[str, Field(max_length=2000)] | None = None
    tags: Annotated[list[str], Field(max_length=20)] = []
    checklist: Annotated[list[dict[str, Any]], Field(max_length=100)] = []
    reminders: Annotated[list[int], Field(max_length=10)] = [30]


class Assignment(Shape):
    """What a client gets."""

    id: UUID
    course_id: UUID | None
    parent_id: UUID | None
    title: str
    description: str
    due_at: datetime
    due_on: date | None
    timezone: str
    start_on: date | None
    status: Status
    priority: Priority
    estimated_minutes: int | None
    percent_done: int
    points: float | None
    score: float | None
    weight: float | None
    submission_method: Method
    submission_url: str | None
    tags: list[str]
    checklist: list[dict[str, Any]]
    recurrence: str | None
    exdates: list[datetime]
    rdates: list[datetime]
    reminders: list[int]
    source: str
    completed_at: datetime | None
    late: bool
    missing: bool
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    purge_at: datetime | None
    locked: bool


class PageInfo(Shape):
    """Where the next page starts."""

    has_next_page: bool
    end_cursor: str | None


class AssignmentPage(Shape):
    """One page."""

    data: list[Assignment]
    page_info: PageInfo


class AssignmentAnswer(Shape):
    """One assignment in its envelope."""

    data: Assignment


def other_body(number: int) -> type[Shape]:
    """What another route takes."""

    class Body(Shape):
        title: Annotated[str, Field(min_length=1, max_length=200)]
        course_id: UUID | None = None
        starts_at: datetime
        timezone: Annotated[str, Field(max_length=64)] = "UTC"
        minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None
        tags: Annotated[list[str], Field(max_length=20)] = []
        kind: Literal["lecture", "seminar", "lab"] = "lecture"

    Body.__name__ = Body.__qualname__ = f"Body{number}"
    return Body


def other_result(number: int) -> type[Shape]:
    """What another route answers."""

    class Result(Shape):
        id: UUID
        title: str
        starts_at: datetime
        minutes: int | None
        tags: list[str]
        version: int
        created_at: datetime

    Result.__name__ = Result.__qualname__ = f"Result{number}"
    return Result
