# early: a
from decimal import Decimal


def lambda_handler(event, context):
    a = Decimal("1.10")
    b = [Decimal("NaN"), Decimal("-0"), Decimal("1E+30")]
    c = {"total": sum(b[1:], a)}
    return {"a": a, "b": b, "c": c, "d": (a, [a]), "e": str(c["total"])}
