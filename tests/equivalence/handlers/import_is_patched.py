# events: [{"n": 1}]
import builtins
import decimal

imported = builtins.__import__


def told(name, *args, **kwargs):
    print("import", name)
    return imported(name, *args, **kwargs)


builtins.__import__ = told


def load(n):
    return [n]


def lambda_handler(event, context):
    a = decimal.Decimal(event["n"])
    b = load(2)
    print("done")
    return {"a": a, "b": b}
