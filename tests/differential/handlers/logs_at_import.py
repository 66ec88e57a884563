"""Writes while it is imported, before there is any request."""

import logging
import sys
import warnings

logging.error("at import")
logging.getLogger("app").info("not shown")
print("printed at import")
print("to stderr at import", file=sys.stderr)
warnings.warn("warned at import", UserWarning, stacklevel=1)


def handler(event, context):
    logging.error("in the handler")
    return {"first": [1], "second": 2}
