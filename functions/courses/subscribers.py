"""Reactions of courses to facts. Limits need none: they read the tier at admission."""

from events.courses import (
    CourseArchived,
    CourseCreated,
    CourseDeleted,
    CoursePublished,
    CoursePurged,
    CourseRestored,
    CourseUpdated,
)
from shared.consumer import Consumer, Subscribers
from shared.sql import queries

subscribers = Subscribers()
sql = queries(__file__)


# The cards of whoever learns for the course are due by its exam, so it is the system's work.
@subscribers.on(role="system")
def follow_exam(event: CourseUpdated, context: Consumer) -> None:
    """Another day of the exam is another deadline for the course's flashcards."""
    if "exam_on" in event.changed:
        context.db.value(sql.follow_exam, course_id=event.course_id)


# The catalogue belongs to nobody, so it is the system that writes it. Each reads what the course is
# now: it does not matter which of them comes first, or twice.
@subscribers.on(role="system")
def announce_created(event: CourseCreated, context: Consumer) -> None:
    """A new public course is found in the catalogue."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)


@subscribers.on(role="system")
def announce_updated(event: CourseUpdated, context: Consumer) -> None:
    """The catalogue says what the course says, and forgets one that is no longer public."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)


@subscribers.on(role="system")
def announce_published(event: CoursePublished, context: Consumer) -> None:
    """A public course that was a draft or over is found again."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)


@subscribers.on(role="system")
def withdraw_archived(event: CourseArchived, context: Consumer) -> None:
    """Nobody takes part in a course that is over any more."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)


@subscribers.on(role="system")
def withdraw_deleted(event: CourseDeleted, context: Consumer) -> None:
    """What is in the trash is in no catalogue."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)


@subscribers.on(role="system")
def announce_restored(event: CourseRestored, context: Consumer) -> None:
    """A public course that came back is found again."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)


@subscribers.on(role="system")
def withdraw_purged(event: CoursePurged, context: Consumer) -> None:
    """What is gone for good was in no catalogue before; here it is made sure."""
    context.db.value(sql.follow_public_course, course_id=event.course_id)
