class Failed(Exception):
    pass


def work():
    rows = ["before"]
    try:
        raise Failed(rows)
    except Failed as failed:
        return rows, failed


def lambda_handler(event, context):
    a, failed = work()
    b = [type(failed).__name__]
    failed.args[0].append("through the error")
    c = len(a)
    return {"a": a, "b": b, "c": c}
