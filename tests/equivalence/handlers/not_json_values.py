# events: [{}, {"n": 0}, {"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}, {"n": 5}, {"n": 6}]
import datetime


class Plain:
    pass


def lambda_handler(event, context):
    a = [1]
    loop = []
    loop.append(loop)
    values = [{1, 2}, Plain(), datetime.date(2024, 1, 1), 1j, loop, b"\xff", lambda: 1]
    b = values[event["n"]] if event else b"bytes"
    c = len(values)
    return {"a": a, "b": b, "c": c, "d": [c]}
