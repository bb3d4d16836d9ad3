"""Steps between the API versions of spaced repetition."""

from typing import Any

from functions.tasks.review_models import (
    DueReview,
    NewReviewSchedule,
    NewSessionReview,
    PlannedReview,
    ReviewSchedule,
    ReviewStatistics,
    SessionReview,
)
from shared.versions import Change, OnlyNewer, Rename, Replace


def _day(text: Any) -> Any:
    """The day of a time; what is none is refused later, as no day."""
    return text[:10] if isinstance(text, str) else text


def _counts(distribution: list[Any]) -> dict[str, int]:
    pairs = (item if isinstance(item, dict) else item.__dict__ for item in distribution)
    return {str(pair["quality"]): pair["count"] for pair in pairs}


class ReviewNames(Change):
    """A review's `session_id` became `studySessionId`, `quality_rating` became `quality`,
    `response_time_seconds` became `responseSeconds`, `review_date` became `reviewedAt`,
    `next_interval_days` became `intervalDays`, `repetition_number` became `repetitions` and
    `next_review_date` became `dueAt`. `crammed` is new."""

    models = (SessionReview,)
    edits = (
        Rename(newer="study_session_id", older="session_id"),
        Rename(newer="quality", older="quality_rating"),
        Rename(newer="response_seconds", older="response_time_seconds"),
        Rename(newer="reviewed_at", older="review_date"),
        Rename(newer="interval_days", older="next_interval_days"),
        Rename(newer="repetitions", older="repetition_number"),
        Rename(newer="due_at", older="next_review_date"),
        OnlyNewer("crammed"),
    )


class ReviewTime(Change):
    """In recording a review, `response_time` became `responseSeconds`."""

    models = (NewSessionReview,)
    edits = (Rename(newer="response_seconds", older="response_time"),)


class DueReviewNames(Change):
    """Of what is due, `session_id` became `id` and `next_review_date` became `reviewDueAt`."""

    models = (DueReview,)
    edits = (
        Rename(newer="id", older="session_id"),
        Rename(newer="review_due_at", older="next_review_date"),
    )


class ReviewSums(Change):
    """`total_reviews` became `reviews`, `due_reviews` became `due`, and `quality_distribution`, an
    object by quality, became the list `distribution`. `studySessions` and `nextDueAt` are new."""

    models = (ReviewStatistics,)
    edits = (
        Rename(newer="reviews", older="total_reviews"),
        Rename(newer="due", older="due_reviews"),
        Replace(
            newer="distribution",
            older="quality_distribution",
            older_type=dict[str, int],
            downgrade=_counts,
        ),
        OnlyNewer("study_sessions"),
        OnlyNewer("next_due_at"),
    )


class ReviewPlanStart(Change):
    """Reviews were planned from `session_date`, a time; they are from `startsOn`, a day."""

    models = (NewReviewSchedule,)
    edits = (Replace(newer="starts_on", older="session_date", older_type=str | None, upgrade=_day),)


class ReviewPlanNames(Change):
    """Of a plan of reviews, `session_id` became `studySessionId` and `optimal_hour` became `hour`.
    `startsOn`, `examOn` and `allowance` are new."""

    models = (ReviewSchedule,)
    edits = (
        Rename(newer="study_session_id", older="session_id"),
        Rename(newer="hour", older="optimal_hour"),
        OnlyNewer("starts_on"),
        OnlyNewer("exam_on"),
        OnlyNewer("allowance"),
    )


class PlannedReviewNames(Change):
    """Of a planned review, `days_after` became `days` and `reminder_time` became `remindAt`."""

    models = (PlannedReview,)
    edits = (
        Rename(newer="days", older="days_after"),
        Rename(newer="remind_at", older="reminder_time"),
    )
