"""What Lambda calls."""

from functions.users import api_keys, auth, changes, devices, history, plan, profile
from functions.users.arrivals import post_confirmation
from functions.users.subscribers import subscribers
from shared.function import function

handle = function(
    "users",
    routes=[
        auth.routes,
        profile.routes,
        profile.usernames,
        plan.routes,
        api_keys.routes,
        devices.routes,
        history.routes,
    ],
    subscribers=subscribers,
    changes=changes,
    trigger=post_confirmation,
)
