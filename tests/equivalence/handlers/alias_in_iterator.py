def lambda_handler(event, context):
    a = [1, 2]
    walk = iter(a)
    b = {"first": next(walk)}
    walk.__reduce__()[1][0].append("through the iterator")
    c = sum(1 for _ in walk)
    return {"a": a, "b": b, "c": c}
