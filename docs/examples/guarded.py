def lambda_handler(event, context):
    if not event.get("data"):
        return {"error": "no data"}
    total = sum(event["data"])
    mean = total / len(event["data"])
    if mean < 0:
        return {"error": "below zero"}
    longest = max(event["data"])
    return {"total": total, "mean": mean, "longest": longest}
