# events: [{"n": 3}]
def take(item):
    return item.pop("pk")


def lambda_handler(event, context):
    item = {"pk": "u", "name": event["n"], "tags": sorted("ab")}
    total = sum([1, 2])
    return {"total": total, "id": take(item), **item}
