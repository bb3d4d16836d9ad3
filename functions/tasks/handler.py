"""What Lambda calls."""

from functions.tasks import (
    assignments,
    batch,
    changes,
    days_off,
    lectures,
    occurrences,
    overview,
    planner,
    reviews,
    statistics,
    study_sessions,
    sync,
    terms,
    trash,
)
from functions.tasks.extension import subscribers
from shared.function import function

handle = function(
    "tasks",
    routes=[
        assignments.routes,
        lectures.routes,
        study_sessions.routes,
        study_sessions.clock,
        occurrences.routes,
        reviews.routes,
        batch.routes,
        trash.routes,
        overview.routes,
        planner.routes,
        sync.routes,
        terms.routes,
        statistics.routes,
        statistics.newer,
        days_off.routes,
    ],
    subscribers=subscribers,
    changes=changes,
)
