"""What Lambda calls."""

from functions.admin import audit, dead_letters, users
from shared.function import function

handle = function(
    "admin",
    routes=[users.routes, audit.routes, dead_letters.routes],
    changes="functions.admin.changes",
)
