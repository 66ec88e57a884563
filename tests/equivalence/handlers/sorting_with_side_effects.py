def lambda_handler(event, context):
    a = [3, 1, 2]
    seen = []
    b = sorted(a, key=lambda item: seen.append(item) or item)
    c = {"max": max(a, key=lambda item: seen.append(-item) or item)}
    d = list(map(seen.append, b))
    return {"a": a, "seen": seen, "b": b, "c": c, "d": d}
