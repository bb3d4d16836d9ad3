"""Reactions of tasks to its own and other domains' facts."""

from uuid import UUID

from events.courses import CourseDeleted, CoursePurged, CourseRestored, CourseUpdated
from events.flashcards import FlashcardReviewed
from events.tasks import (
    AssignmentCompleted,
    AssignmentReopened,
    CourseItemsFollowed,
    StudySessionCreated,
    StudySessionFinished,
    StudySessionReviewed,
    StudySessionUpdated,
)
from functions.tasks import activity
from functions.tasks.review_planning import follow_session
from shared.consumer import Consumer, ScheduledRun, Subscribers
from shared.facts import CONTRACTS
from shared.sql import queries

subscribers = Subscribers()
sql = queries(__file__)

USERS = 100
SECONDS_A_USER = 10.0


@subscribers.on
def delete_items_of_course(event: CourseDeleted, context: Consumer) -> None:
    """What lies under a deleted course goes with it, by the same deletion id."""
    _follow(context, event.course_id, event.deletion_id)


@subscribers.on
def restore_items_of_course(event: CourseRestored, context: Consumer) -> None:
    """A restored course gets back exactly what its deletion took."""
    _follow(context, event.course_id, event.deletion_id)


def _follow(context: Consumer, course_id: UUID, deletion_id: UUID) -> None:
    context.db.run(sql.follow_course, course_id=course_id, deletion_id=deletion_id)
    context.emit(CourseItemsFollowed(course_items_id=course_id, deletion_id=deletion_id))


@subscribers.on
def purge_items_of_course(event: CoursePurged, context: Consumer) -> None:
    """A course that is gone for good takes its owner's items, each told by itself: nothing is left
    that would say which they were."""
    for row in context.db.rows(sql.purge_course_items, course_id=event.course_id):
        fact = {f"{row['kind']}_id": row["id"], "entity_version": row["version"]}
        context.emit(CONTRACTS[f"{row['kind']}.purged"].of(fact))


# Whoever learns for the course has its exam as a deadline, so it is the system's work.
@subscribers.on(role="system")
def follow_exam(event: CourseUpdated, context: Consumer) -> None:
    """Another day of the exam is another deadline for what is to be recalled."""
    if "exam_on" in event.changed:
        context.db.value(sql.follow_exam_of_reviews, course_id=event.course_id)


@subscribers.on
def plan_reviews(event: StudySessionCreated, context: Consumer) -> None:
    """A new session whose topic is for spaced repetition gets its review reminders."""
    follow_session(context, event.study_session_id, moved=False)


@subscribers.on
def plan_reviews_again(event: StudySessionUpdated, context: Consumer) -> None:
    """Review reminders move with their session, and come when its topic is to be repeated."""
    if {"starts_at", "spaced_repetition"} & {*event.changed}:
        moved = "starts_at" in event.changed
        follow_session(context, event.study_session_id, moved=moved)


@subscribers.on
def count_completion(event: AssignmentCompleted, context: Consumer) -> None:
    """A completed assignment belongs to the statistics, and its day to the streak."""
    activity.keep(context, event)


@subscribers.on
def count_reopening(event: AssignmentReopened, context: Consumer) -> None:
    """An assignment that is taken up again is not completed any more; its day stays."""
    activity.keep(context, event)


@subscribers.on
def count_study(event: StudySessionFinished, context: Consumer) -> None:
    """A finished study session belongs to the statistics, and its day to the streak."""
    activity.keep(context, event)


@subscribers.on
def count_review(event: StudySessionReviewed, context: Consumer) -> None:
    """A review belongs to the statistics, and its day to the streak."""
    activity.keep(context, event)


@subscribers.on
def count_flashcard(event: FlashcardReviewed, context: Consumer) -> None:
    """A card that was answered belongs to the statistics, and its day to the streak."""
    activity.keep(context, event)


@subscribers.every("cron(30 4 * * ? *)")
def rebuild_statistics(run: ScheduledRun) -> None:
    """Build streaks and statistics again from the event history, user by user, as far as time
    allows; the next run goes on from there. Run it by hand after these tables were dropped."""
    after = run.unit(lambda unit: unit.db.value(sql.begin_round, projection="activity"))
    while run.seconds_left() > SECONDS_A_USER:
        found = run.unit(_users_after(after))
        for user_id in found:
            run.count("events", run.unit(lambda unit, user=user_id: activity.rebuild(unit, user)))
            run.count("users")
            after = user_id
            run.unit(_continue(after))
            if run.seconds_left() < SECONDS_A_USER:
                return
        if len(found) < USERS:
            run.unit(_continue(None))
            run.count("rounds")
            return


def _users_after(user_id: UUID):
    def users(unit: Consumer) -> list[UUID]:
        rows = unit.db.rows(sql.users_to_rebuild, after_id=user_id, limit=USERS)
        return [row["id"] for row in rows]

    return users


def _continue(user_id: UUID | None):
    return lambda unit: unit.db.run(sql.continue_round, projection="activity", after_id=user_id)
