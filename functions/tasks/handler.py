"""What Lambda calls."""

from functions.tasks import assignments, changes
from functions.tasks.subscribers import subscribers
from shared.function import function

handle = function("tasks", routes=[assignments.routes], subscribers=subscribers, changes=changes)
