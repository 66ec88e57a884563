# early: a
import builtins


def lambda_handler(event, context):
    __unum__ = 5
    a = [__unum__]
    b = {"n": len(a)}
    c = [b["n"]]
    return {"a": a, "b": b, "c": c, "taken": hasattr(builtins, "__unum" + "__")}
