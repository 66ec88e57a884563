# early: b
import decimal


def lambda_handler(event, context):
    decimal.getcontext().capitals = 1
    a = decimal.Decimal("1E+30")
    b = [1]
    decimal.getcontext().capitals = 0
    c = [str(a)]
    return {"a": a, "b": b, "c": c}
