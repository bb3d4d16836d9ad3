"""Reactions of tasks to its own and other domains' facts."""

from datetime import datetime

from events.courses import CourseDeleted, CourseRestored
from events.tasks import AssignmentCompleted, StreakUpdated, StudySessionFinished
from shared.consumer import Consumer, Subscribers
from shared.sql import queries

subscribers = Subscribers()
sql = queries(__file__)


@subscribers.on
def delete_items_of_course(event: CourseDeleted, context: Consumer) -> None:
    """What lies under a deleted course goes with it, by the same deletion id."""
    context.db.run(sql.follow_course, course_id=event.course_id, deletion_id=event.deletion_id)


@subscribers.on
def restore_items_of_course(event: CourseRestored, context: Consumer) -> None:
    """A restored course gets back exactly what its deletion took."""
    context.db.run(sql.follow_course, course_id=event.course_id, deletion_id=event.deletion_id)


@subscribers.on
def count_completion(event: AssignmentCompleted, context: Consumer) -> None:
    """A day with a completed assignment belongs to the streak."""
    _keep_streak(context, event.completed_at)


@subscribers.on
def count_study(event: StudySessionFinished, context: Consumer) -> None:
    """A day with a finished study session belongs to the streak."""
    _keep_streak(context, event.finished_at)


def _keep_streak(context: Consumer, at: datetime) -> None:
    streak = context.db.row(sql.keep_streak, at=at)
    if streak and context.user_id:
        context.emit(
            StreakUpdated(
                streak_id=context.user_id,
                current_days=streak["current_days"],
                longest_days=streak["longest_days"],
                entity_version=streak["version"],
            )
        )
