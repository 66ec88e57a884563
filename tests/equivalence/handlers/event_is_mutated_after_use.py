# events: [{"user": {"name": "x"}, "n": 1}, {"user": null}]
# early: n
def lambda_handler(event, context):
    user = event["user"]
    n = event.get("n", 0)
    copy = dict(event)
    event["user"] = "gone"
    if isinstance(user, dict):
        user["name"] = "changed"
    event.clear()
    return {"user": user, "n": n, "copy": copy, "event": event}
