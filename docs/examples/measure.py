"""The handler that docs/how-it-decides.md looks at."""

CACHE = {}


def statistics(data):
    return {"mean": sum(data) / len(data), "largest": max(data)}


def trend(data):
    return [b - a for a, b in zip(data, data[1:])]


def label(data):
    return "long" if len(data) > 100 else "short"


def lookup(name):
    CACHE.setdefault(name, {"name": name})
    return CACHE[name]


def lambda_handler(event, context):
    data = event["data"]
    measured = statistics(data)
    changes = trend(data)
    owner = lookup(event["owner"])
    changes.append(0)
    kind = label(data)
    for value in data:
        last = value
    return {
        "measured": measured,
        "changes": changes,
        "owner": owner,
        "kind": kind,
        "last": last,
        "version": 3,
    }
