"""Newest shapes of terms."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from shared.models import Day, Deletable, ListQuery, Model, Text

MOST_DAYS = 400


def _of_our_time(day: date) -> date:
    if day.year < 1970:
        raise ValueError("must be between the years 1970 and 2200")
    return day


TermDay = Annotated[Day, AfterValidator(_of_our_time)]
Name = Annotated[Text, Field(min_length=1, max_length=100)]


class Break(Model):
    """Days without lectures, both included."""

    name: Annotated[Text, Field(max_length=100)] = ""
    starts_on: Day
    ends_on: Day

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("endsOn must not be before startsOn")
        return self


Breaks = Annotated[list[Break], Field(max_length=20)]


class Term(Deletable):
    """A term. Lectures that say `skips_breaks` do not take place in its breaks. `week_a_on` is a
    day of a week A; the weeks around it are A and B in turns."""

    name: str
    starts_on: date
    ends_on: date
    breaks: list[Break]
    week_a_on: date | None


class NewTerm(Model):
    """A new term, of at most 400 days."""

    name: Name
    starts_on: TermDay
    ends_on: Day
    breaks: Breaks = Field(default_factory=list)
    week_a_on: TermDay | None = None

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if not 0 <= (self.ends_on - self.starts_on).days <= MOST_DAYS:
            raise ValueError(f"endsOn must be at most {MOST_DAYS} days after startsOn")
        return self


_ABSENT: Any = Field(default=None)


class TermPatch(Model):
    """Changes to a term: absent fields stay; null clears `weekAOn`."""

    name: Name = _ABSENT
    starts_on: TermDay = _ABSENT
    ends_on: TermDay = _ABSENT
    breaks: Breaks = _ABSENT
    week_a_on: TermDay | None = None


class TermQuery(ListQuery):
    """Filters of the list of terms."""

    starts_before: Day | None = None
    ends_after: Day | None = None
