# events: [[1, [2]], "text", 7, null, 1.5, true]
def lambda_handler(event, context):
    kind = type(event).__name__
    pair = [event, kind]
    n = len(pair)
    return {"kind": kind, "event": event, "pair": pair, "n": n + int(event)}
