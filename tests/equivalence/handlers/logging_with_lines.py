# early: a
import logging

logging.getLogger().setLevel("INFO")
logging.getLogger().handlers[0].setFormatter(logging.Formatter("%(levelname)s %(funcName)s:%(lineno)d %(message)s"))


def lambda_handler(event, context):
    a = [1]; logging.info("after a")
    b = {"n": logging.warning("in b")}
    try:
        b["m"] = 1 / 0
    except ZeroDivisionError:
        logging.exception("in except")
    return {"a": a, "b": b, "c": [
        logging.error("in c")], "d": logging.info("in d")}
