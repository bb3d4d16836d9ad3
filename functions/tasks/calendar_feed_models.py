"""Shapes of calendars to subscribe to."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from functions.tasks.fields import Kind
from shared.models import Deletable, Id, ListQuery, Model, Text

T = list[Any]


def _once(values: T) -> T:
    return sorted(set(values))


Name = Annotated[Text, Field(min_length=1, max_length=100)]
Kinds = Annotated[list[Kind], Field(max_length=3), AfterValidator(_once)]
Courses = Annotated[list[Id], Field(max_length=50), AfterValidator(_once)]


class CalendarFeed(Deletable):
    """A calendar to subscribe to. Without `kinds` or `course_ids` it holds all of them."""

    name: str
    kinds: list[Kind]
    course_ids: list[UUID]


class CalendarFeedWithToken(CalendarFeed):
    """A calendar with its address: shown once, as the token in it is not kept."""

    token: str
    url: str


class NewCalendarFeed(Model):
    """A new calendar to subscribe to: items of these kinds and of these courses, else all."""

    name: Name
    kinds: Kinds = Field(default_factory=list)
    course_ids: Courses = Field(default_factory=list)


_ABSENT: Any = Field(default=None)


class CalendarFeedPatch(Model):
    """Changes to a calendar: absent fields stay; lists are replaced as a whole."""

    name: Name = _ABSENT
    kinds: Kinds = _ABSENT
    course_ids: Courses = _ABSENT


class CalendarFeedQuery(ListQuery):
    """The list of calendars has no filters."""
