from types import MappingProxyType


def lambda_handler(event, context):
    a = {"k": [1]}
    view = MappingProxyType(a)
    items = view["k"]
    b = {"n": len(view)}
    items.append(2)
    c = len(items)
    return {"a": a, "b": b, "c": c}
