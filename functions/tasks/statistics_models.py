"""Newest shapes of streak and statistics."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.models import Day, Entity, Model, Query

MOST_DAYS = 400
LONGEST_VACATION = 92
Weekday = Annotated[int, Field(ge=1, le=7)]


class Streak(Model):
    """Days in a row with something completed, studied or reviewed. Days off, declared ahead, do
    not break it."""

    current_days: int
    longest_days: int
    last_activity_on: date | None
    active_today: bool
    day_off: bool


class Range(Query):
    """The days that are summed up, both included: by default the last 30."""

    from_on: Day | None = None
    to_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_on and self.to_on:
            if self.to_on < self.from_on:
                raise ValueError("toOn must not be before fromOn")
            if (self.to_on - self.from_on).days >= MOST_DAYS:
                raise ValueError(f"at most {MOST_DAYS} days can be asked for")
        return self


class StudiedDay(Model):
    """What was studied on a day."""

    on: date
    focus_seconds: int
    sessions: int


class StudiedCourse(Model):
    """What was studied for a course; null for none, or for courses that are gone."""

    course_id: UUID | None
    focus_seconds: int
    sessions: int


class StudiedHour(Model):
    """What was studied in an hour of the day."""

    hour: int
    focus_seconds: int
    sessions: int


class StudiedWeekday(Model):
    """What was studied on a weekday, from 1 (Monday) to 7."""

    weekday: int
    focus_seconds: int
    sessions: int


class StudyTime(Model):
    """How long somebody studied, and when: only days, hours and weekdays with a session are
    listed. A session belongs to the day on which it ended."""

    from_on: date
    to_on: date
    focus_seconds: int
    sessions: int
    active_days: int
    average_seconds_a_day: float
    best_hour: int | None
    days: list[StudiedDay]
    courses: list[StudiedCourse]
    hours: list[StudiedHour]
    weekdays: list[StudiedWeekday]


class HeatmapDay(Model):
    """How much was done on a day; `level` is from 1 to 4, relative to the busiest day."""

    on: date
    activities: int
    focus_seconds: int
    level: int


class Heatmap(Model):
    """The days on which something was done."""

    from_on: date
    to_on: date
    most: int
    days: list[HeatmapDay]


class Performance(Model):
    """How well it went. `trend` is the average quality against that of as many days before."""

    from_on: date
    to_on: date
    reviews: int
    average_quality: float | None
    recalled_rate: float | None
    trend: float | None
    sessions: int
    average_confidence: float | None
    average_difficulty: float | None
    assignments_completed: int
    completed_on_time: int
    on_time_rate: float | None


class Retention(Model):
    """What sits: topics by the average quality of their reviews, mastered from 4, struggling up to
    2. `score` is from 0 to 100."""

    topics: int
    reviews: int
    mastered: int
    learning: int
    struggling: int
    average_quality: float | None
    score: float | None


class Progress(Model):
    """What was studied in the last seven days, and what is open: at most ten points."""

    activity_score: int
    sessions_last_7_days: int
    upcoming_assignments: int


class Vacation(Entity):
    """Days off, both included, on which the streak holds by itself."""

    starts_on: date
    ends_on: date


class NewVacation(Model):
    """Days off, declared before they begin, at most 92."""

    starts_on: Day
    ends_on: Day

    @model_validator(mode="after")
    def _some_days(self) -> Self:
        if not 0 <= (self.ends_on - self.starts_on).days < LONGEST_VACATION:
            raise ValueError(f"must be from 1 to {LONGEST_VACATION} days")
        return self


class RestDays(Model):
    """The weekdays, from 1 (Monday) to 7, on which the streak holds by itself."""

    weekdays: list[int]


class NewRestDays(Model):
    """The weekdays to rest on from today; at most six."""

    weekdays: Annotated[list[Weekday], Field(max_length=6)]
