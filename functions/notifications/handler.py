"""What Lambda calls."""

from functions.notifications import changes, inbox, preferences
from functions.notifications.subscribers import subscribers
from shared.function import function

handle = function(
    "notifications",
    routes=[inbox.routes, preferences.routes, preferences.unsubscribing],
    subscribers=subscribers,
    changes=changes,
)
