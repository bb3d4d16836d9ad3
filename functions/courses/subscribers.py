"""Reactions of courses to facts. Limits need none: they read the tier at admission."""

from events.courses import CourseUpdated
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
