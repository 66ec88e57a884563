# events: [{"n": 0}, {"n": 1}]
# early: a
import traceback


def lambda_handler(event, context):
    a, n = [], 3
    try:
        for i in range(5):
            a.append(i)
        while 1 / n > 0 and event["n"] // 1 / n > -1:
            n -= 1
    except ZeroDivisionError:
        print(traceback.format_exc())
    b = [n]
    return {"a": a, "b": b}
