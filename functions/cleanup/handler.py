"""What Lambda calls."""

from functions.cleanup.subscribers import subscribers
from shared.function import function

handle = function("cleanup", subscribers=subscribers)
