"""What Lambda calls."""

from functions.tasks import assignments, batch, changes, lectures, overview, study_sessions, trash
from functions.tasks.subscribers import subscribers
from shared.function import function

handle = function(
    "tasks",
    routes=[
        assignments.routes,
        lectures.routes,
        study_sessions.routes,
        study_sessions.clock,
        batch.routes,
        trash.routes,
        overview.routes,
    ],
    subscribers=subscribers,
    changes=changes,
)
