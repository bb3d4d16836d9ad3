"""What Lambda calls."""

from functions.webhooks import routes
from functions.webhooks.subscribers import subscribers
from shared.function import function

handle = function("webhooks", routes=[routes.routes], subscribers=subscribers)
