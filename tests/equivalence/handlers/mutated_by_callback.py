def each(items, callback):
    for item in items:
        callback(item)
    return len(items)


def lambda_handler(event, context):
    a = []
    n = each(event.get("data", [0]), a.append)
    b = {"n": n}
    m = each([b, b], lambda item: item.update(seen=a[-1:]))
    return {"a": a, "n": n, "b": b, "m": m}
