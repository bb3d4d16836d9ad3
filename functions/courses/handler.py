"""What Lambda calls."""

from functions.courses import changes, courses, trash
from functions.courses.subscribers import subscribers
from shared.function import function

handle = function(
    "courses",
    routes=[courses.routes, trash.routes],
    subscribers=subscribers,
    changes=changes,
)
