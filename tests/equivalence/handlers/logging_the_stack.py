import logging
import traceback

logging.getLogger().handlers[0].setFormatter(logging.Formatter("%(message)s"))


def lambda_handler(event, context):
    a = [1]
    logging.warning("from where", stack_info=True)
    b = traceback.format_stack()[-1:]
    c = len(b)
    return {"a": a, "b": b, "c": c}
