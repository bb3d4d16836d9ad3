"""Steps between the API versions of streak and statistics."""

from functions.tasks.statistics_models import Retention, Streak, StudyTime
from shared.versions import Change, OnlyNewer, Rename


class StreakNames(Change):
    """The streak's `current_streak`, `longest_streak` and `last_activity_date` became
    `currentDays`, `longestDays` and `lastActivityOn`. `activeToday` and `dayOff` are new."""

    models = (Streak,)
    edits = (
        Rename(newer="current_days", older="current_streak"),
        Rename(newer="longest_days", older="longest_streak"),
        Rename(newer="last_activity_on", older="last_activity_date"),
        OnlyNewer("active_today"),
        OnlyNewer("day_off"),
    )


class StudyTimeNames(Change):
    """Of the study time, `total_seconds` became `focusSeconds`, `total_sessions` became `sessions`
    and `optimal_hour` became `bestHour`."""

    models = (StudyTime,)
    edits = (
        Rename(newer="focus_seconds", older="total_seconds"),
        Rename(newer="sessions", older="total_sessions"),
        Rename(newer="best_hour", older="optimal_hour"),
    )


class RetentionNames(Change):
    """The `retention_score` became `score`, and `total_reviews` became `reviews`."""

    models = (Retention,)
    edits = (
        Rename(newer="score", older="retention_score"),
        Rename(newer="reviews", older="total_reviews"),
    )
