# events: [{"a": [1]}, {}]
def lambda_handler(event, context):
    n = len(event)
    event["seen"] = n
    m = [len(event)]
    return {"event": event, "n": n, "m": m}
