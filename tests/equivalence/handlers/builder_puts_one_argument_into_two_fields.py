# events: [{"n": 1}]
def listing(items):
    return {"items": items, "page": {"items": items, "count": len(items)}}


def load(n):
    return [n, 3, 1, 2]


def lambda_handler(event, context):
    result = listing(load(1))
    result["page"]["items"].sort()
    result["page"]["more"] = len(load(1))
    return result
