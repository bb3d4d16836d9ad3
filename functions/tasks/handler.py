"""What Lambda calls."""

from functions.tasks import assignments, lectures, overview, planner, study_clock, study_sessions
from shared.function import function

handle = function(
    "tasks",
    routes=[
        assignments.routes,
        lectures.routes,
        study_sessions.routes,
        study_clock.routes,
        overview.routes,
        planner.routes,
    ],
    later={
        "/tasks/assignments/{assignment_id}/dependencies": "functions.tasks.dependencies",
        "/tasks/assignments/{assignment_id}/occurrences": "functions.tasks.occurrences",
        "/tasks/assignments/{assignment_id}/reminders": "functions.tasks.reminders",
        "/tasks/batch": "functions.tasks.batch",
        "/tasks/calendar/feeds": "functions.tasks.calendar_feeds",
        "/tasks/calendar/imports": "functions.tasks.calendar_imports",
        "/tasks/lectures/{lecture_id}/dependencies": "functions.tasks.dependencies",
        "/tasks/lectures/{lecture_id}/occurrences": "functions.tasks.occurrences",
        "/tasks/lectures/{lecture_id}/reminders": "functions.tasks.reminders",
        "/tasks/reminders": "functions.tasks.reminders",
        "/tasks/reviews": "functions.tasks.reviews",
        "/tasks/search": "functions.tasks.search",
        "/tasks/stats": "functions.tasks.statistics",
        "/tasks/stats/streak": "functions.tasks.days_off",
        "/tasks/study-sessions/{study_session_id}/dependencies": "functions.tasks.dependencies",
        "/tasks/study-sessions/{study_session_id}/reminders": "functions.tasks.reminders",
        "/tasks/study-sessions/{study_session_id}/review-schedule": "functions.tasks.reviews",
        "/tasks/study-sessions/{study_session_id}/reviews": "functions.tasks.reviews",
        "/tasks/sync": "functions.tasks.sync",
        "/tasks/templates": "functions.tasks.templates",
        "/tasks/templates/{template_id}/rating": "functions.tasks.template_sharing",
        "/tasks/templates/{template_id}/shares": "functions.tasks.template_sharing",
        "/tasks/terms": "functions.tasks.terms",
        "/tasks/trash": "functions.tasks.trash",
    },
    subscribers="functions.tasks.extension",
    changes="functions.tasks.changes",
)
