"""Models in the shape of Campus's own, for a sample document."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Reminder(Wire):
    """When to remind, before the task is due."""

    minutes_before: int = Field(ge=0, le=43_200, examples=[60])
    channel: Literal["in_app", "email", "push"] = "in_app"


class NewAssignment(Wire):
    """What a student hands in for a new assignment."""

    title: str = Field(min_length=1, max_length=200, examples=["Read chapter 4"])
    course_id: UUID | None = Field(None, description="The course it belongs to.")
    due_at: AwareDatetime = Field(examples=["2026-12-01T12:00:00Z"])
    description: str | None = Field(None, max_length=10_000)
    priority: Literal["low", "medium", "high"] = "medium"
    reminders: list[Reminder] = Field(default_factory=list, max_length=10)


class Assignment(NewAssignment):
    """An assignment as it is kept."""

    id: UUID
    status: Literal["pending", "completed"]
    version: int = Field(ge=1)
    subtasks: list["Assignment"] = Field(default_factory=list)


class NewCourse(Wire):
    """A course to be created."""

    title: str = Field(min_length=1, max_length=200, examples=["Linear algebra"])
    code: str | None = Field(None, max_length=20, examples=["MA-101"])


class Course(NewCourse):
    """A course with its optimistic version."""

    id: UUID
    version: int


class SignIn(Wire):
    """Email and password of a confirmed account."""

    email: str = Field(examples=["ada@example.org"], json_schema_extra={"format": "email"})
    password: str = Field(min_length=12, json_schema_extra={"format": "password"})


class Tokens(Wire):
    """What signs later calls."""

    access_token: str
    refresh_token: str
    expires_in: int = Field(description="Seconds.", examples=[900])


class Error(Wire):
    """What went wrong."""

    code: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)


class ErrorEnvelope(Wire):
    """The one shape of every error."""

    success: Literal[False] = False
    error: Error
    request_id: str
    timestamp: AwareDatetime


MODELS = (NewAssignment, Assignment, NewCourse, Course, SignIn, Tokens, ErrorEnvelope)
