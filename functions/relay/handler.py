"""What Lambda calls."""

from functions.relay.subscribers import subscribers
from shared.function import function

handle = function("relay", subscribers=subscribers)
