# events: [{}, {"data": [1, 2]}]
def lambda_handler(event, context):
    a = [0]
    total = 0
    for n in event.get("data", []):
        a = a + [n]
        total += n
    b = {"total": total}
    while total:
        total -= 1
        b = {"total": total}
    return {"a": a, "b": b, "total": total, "n": len(a)}
