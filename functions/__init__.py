"""One folder a domain; a newcomer finds a route by its path."""

import gc
import os

# What INIT makes stays for good. Looking for garbage among it again and again takes a quarter of a
# cold start; shared/function.py begins with that when INIT is over.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
