# events: [{}]
import traceback


def lambda_handler(event, context):
    a = sorted("ba")
    try:
        raise ValueError
    except ValueError as error:
        names = [frame.f_code.co_names for frame, _ in traceback.walk_tb(error.__traceback__)]
    b = sorted("cd")
    return {"a": a, "names": names, "b": b}
