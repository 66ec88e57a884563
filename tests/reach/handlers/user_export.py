# events: [{"user": "u-1", "include": ["orders"]}, {"user": "u-2", "include": []}, {"user": "u-3", "include": ["orders", "score"]}]
# unsafe: user (keys are added later in some cases), devices (the same), orders (not always there), score (not always there)
import hashlib


def devices_of(user):
    digest = hashlib.md5(user.encode()).digest()
    return [{"id": d, "os": "ios" if d % 2 else "android"} for d in digest[:2]]


def orders_of(user):
    return [f"{user}-{n}" for n in range(3)]


def churn_score(user, devices):
    return round(sum(d["id"] for d in devices) / 512, 3)


def lambda_handler(event, context):
    user = event["user"]
    include = event.get("include", [])

    response = {"user": user}
    response["devices"] = devices_of(user)

    if "orders" in include:
        response["orders"] = orders_of(user)
    if "score" in include:
        response["score"] = churn_score(user, response["devices"])

    return response
