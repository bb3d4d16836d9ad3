"""What Lambda calls."""

from functions.notifications import inbox, preferences
from shared.function import function

handle = function(
    "notifications",
    routes=[inbox.routes, preferences.routes, preferences.unsubscribing],
    subscribers="functions.notifications.subscribers",
    changes="functions.notifications.changes",
)
