"""Imports `logging` only when it runs."""


def handler(event, context):
    print("first")
    import logging

    logging.warning("late")
    logging.getLogger().info("not shown")
    return {"handlers": len(logging.getLogger().handlers)}
