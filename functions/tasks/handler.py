"""What Lambda calls."""

from functions.tasks import (
    assignments,
    batch,
    changes,
    days_off,
    lectures,
    overview,
    reviews,
    statistics,
    study_sessions,
    trash,
)
from functions.tasks.subscribers import subscribers
from shared.function import function

handle = function(
    "tasks",
    routes=[
        assignments.routes,
        lectures.routes,
        study_sessions.routes,
        study_sessions.clock,
        reviews.routes,
        batch.routes,
        trash.routes,
        overview.routes,
        statistics.routes,
        statistics.newer,
        days_off.routes,
    ],
    subscribers=subscribers,
    changes=changes,
)
