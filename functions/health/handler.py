"""What Lambda calls. Unknown paths come here too, and are answered in the envelope."""

from functions.health import documents, figures, probes, releases
from shared.function import function

handle = function(
    "health",
    routes=[probes.routes, figures.routes, releases.routes, documents.routes],
    subscribers="functions.health.subscribers",
)
