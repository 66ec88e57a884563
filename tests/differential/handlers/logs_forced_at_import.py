"""Replaces the runtime's own handler."""

import logging

logging.basicConfig(level=logging.DEBUG, format="%(levelname)s:%(name)s:%(message)s", force=True)


def handler(event, context):
    logging.getLogger("x").debug("forced")
    raise ValueError("reported as always")
