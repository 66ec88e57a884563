def collect(item, into=[]):
    into.append(item)
    return into


def lambda_handler(event, context):
    a = collect("a")
    b = collect("b")
    c = len(collect("c"))
    return {"a": a, "b": b, "c": c}
