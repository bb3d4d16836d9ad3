"""What Lambda calls."""

from functions.users import auth, devices, plan, profile
from functions.users.arrivals import post_confirmation
from shared.function import function

handle = function(
    "users",
    routes=[auth.routes, profile.routes, profile.usernames, plan.routes, devices.routes],
    later={
        "/users/me/api-keys": "functions.users.api_keys",
        "/users/me/login-history": "functions.users.history",
    },
    subscribers="functions.users.subscribers",
    changes="functions.users.changes",
    trigger=post_confirmation,
)
