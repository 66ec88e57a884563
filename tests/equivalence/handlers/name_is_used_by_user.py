# early: a
def __unum__():
    return "mine"


def lambda_handler(event, context):
    a = [__unum__()]
    b = {"__unum_1__": len(a)}
    c = [b["__unum_1__"]]
    return {"a": a, "b": b, "c": c}
