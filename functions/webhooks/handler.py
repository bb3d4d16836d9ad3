"""What Lambda calls."""

from functions.webhooks import routes
from shared.function import function

handle = function("webhooks", routes=[routes.routes], subscribers="functions.webhooks.subscribers")
